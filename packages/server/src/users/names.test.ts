import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalName, displayName, usernameFault } from './names.ts'

const INVALID =
  'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'
const TOO_LONG = 'Ensure this field has no more than 150 characters.'
const MIXED = 'Letters of different alphabets may not be mixed in a username.'

/** Every sign in Django's pattern that case or NFKC changes. */
const changeable = Array.from({ length: 0x11_00_00 }, (_, code) => code)
  .filter((code) => code < 0xd8_00 || code > 0xdf_ff)
  .map((code) => String.fromCodePoint(code))
  .filter((sign) => /[\p{L}\p{N}]/u.test(sign))
  .filter((sign) => sign.toLowerCase() !== sign.toUpperCase() || sign.normalize('NFKC') !== sign)

const names = fc
  .array(fc.constantFrom('1', '_', '.', '+', '漢', ...changeable), { maxLength: 12 })
  .map((signs) => signs.join(''))

function variantsOf(name: string): string[] {
  return [
    name,
    name.toUpperCase(),
    name.toLowerCase(),
    name.normalize('NFKC'),
    name.normalize('NFKD'),
    name.normalize('NFKC').toUpperCase(),
    ` ${name}\n`,
  ]
}

describe('canonicalName', () => {
  test.each([
    ['Alice', 'alice'],
    ['ALICE', 'alice'],
    ['ａｌｉｃｅ', 'alice'],
    ['ﬁona', 'fiona'],
    ['STRASSE', 'strasse'],
    ['Straße', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφοσ'],
    ['σίσυφος', 'σίσυφοσ'],
    ['K', 'k'],
    ['ıŞIK', 'işik'],
    ['u\u0308nal', 'ünal'],
    ['Ünal', 'ünal'],
    [' alice\n', 'alice'],
  ])('P22: %j becomes %j', (name, canonical) => {
    expect(canonicalName(name)).toBe(canonical)
  })

  test('P22: applied again it changes nothing, whatever the text', () => {
    const texts = fc.oneof(names, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(texts, (text) => {
        expect(canonicalName(canonicalName(text))).toBe(canonicalName(text))
      }),
      { numRuns: 5000 },
    )
  })

  test('P22: names that differ in case, in compatible characters or in outer space are one', () => {
    fc.assert(
      fc.property(names, (name) => {
        for (const variant of variantsOf(name)) expect(canonicalName(variant)).toBe(canonicalName(name))
      }),
      { numRuns: 5000 },
    )
  })

  test('P22: so is each changeable sign by itself', () => {
    for (const sign of changeable) {
      expect(new Set([...variantsOf(sign), canonicalName(sign)].map(canonicalName)).size, sign).toBe(1)
    }
  })

  test('distinct names stay distinct', () => {
    expect(canonicalName('alice')).not.toBe(canonicalName('alicе'))
    expect(canonicalName('ünal')).not.toBe(canonicalName('unal'))
    expect(canonicalName('alice.b')).not.toBe(canonicalName('aliceb'))
  })
})

describe('displayName', () => {
  test('keeps case, normalises and trims', () => {
    expect(displayName(' Ünal ')).toBe('Ünal')
    expect(displayName('ﬁona')).toBe('fiona')
  })

  test('applied again it changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(displayName(displayName(text))).toBe(displayName(text))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('usernameFault', () => {
  test.each([
    'alice',
    'alice@.+-_',
    '1795293481244671670',
    'Ünal',
    'ﬁona',
    'Ａｌｉｃｅ',
    'иван_2',
    'Ελένη',
    '李小龙',
    '山田taro',
    'やまだタロウ山田',
    'ラーメン',
    '김철수kim漢',
    'ㄅㄆ漢abc',
    'دانا',
    'a'.repeat(150),
    '𐌰𐌱',
  ])('takes %j', (name) => {
    expect(usernameFault(name)).toBeUndefined()
  })

  test.each([
    ['empty', ''],
    ['a space inside', 'al ice'],
    ['space around', ' alice'],
    ['!', 'alice!'],
    ['/', 'al/ice'],
    ['NUL', 'al\0ice'],
    ['a line end', 'alice\n'],
    ['a lone surrogate', 'al\ud800ice'],
    ['an emoji', 'alice😀'],
    ['a combining mark', 'u\u0308nal'],
    ['zero width space', 'al\u200bice'],
    ['zero width joiner', 'al\u200dice'],
    ['soft hyphen', 'al\u00adice'],
    ['byte order mark', '\ufeffalice'],
    ['bidi override', 'al\u202eice'],
    ['bidi isolate', 'al\u2066ice'],
    ['variation selector', 'alice\ufe0f'],
    ['tag character', 'alice\u{e0061}'],
    ['Hangul filler, a letter that shows nothing', 'alice\u3164'],
    ['Hangul choseong filler', '\u115f'],
    ['half-width Hangul filler', 'alice\uffa0'],
    ['a letter whose NFKC form has spaces', '\ufdfa'],
    ['a fraction, whose NFKC form has a slash', 'half½'],
  ])('P22: refuses %s', (_, name) => {
    expect(usernameFault(name)).toBe(INVALID)
  })

  test('more than 150 code points are refused, also if NFKC makes them', () => {
    expect(usernameFault('a'.repeat(151))).toBe(TOO_LONG)
    expect(usernameFault('𝐚'.repeat(150))).toBeUndefined()
    expect(usernameFault('𐌰'.repeat(150))).toBeUndefined()
    expect(usernameFault('ﬁ'.repeat(75))).toBeUndefined()
    expect(usernameFault('ﬁ'.repeat(76))).toBe(TOO_LONG)
  })

  test.each([
    ['Latin with a Cyrillic а', 'аdmin'],
    ['Latin with a Greek ο', 'rοοt'],
    ['Cyrillic with a Greek', 'иванο'],
    ['Latin with Hebrew', 'aliceא'],
    ['Latin with Devanagari digits', 'alice१'],
    ['Kana with Hangul', 'やまだ김'],
    ['Cyrillic with Han', 'иван漢'],
    ['micro sign, which is a Greek letter', 'aliceµ'],
  ])('P22: refuses mixed alphabets: %s', (_, name) => {
    expect(usernameFault(name)).toBe(MIXED)
  })

  test('P22: every letter of the basic plane may stand alone, unless it is refused as a sign', () => {
    const refused = Array.from({ length: 0x1_00_00 }, (_, code) => String.fromCodePoint(code)).filter(
      (sign) => usernameFault(sign) === MIXED,
    )
    expect(refused).toEqual([])
  })

  test('P22: a good name is good in its display form, which has the same canonical form', () => {
    fc.assert(
      fc.property(names, (name) => {
        fc.pre(usernameFault(name) === undefined)
        expect(usernameFault(displayName(name))).toBeUndefined()
        expect(canonicalName(displayName(name))).toBe(canonicalName(name))
      }),
    )
  })
})
