import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalEmail, emailFault } from './email.ts'

const INVALID = 'Enter a valid email address.'
const TOO_LONG = 'Ensure this field has no more than 254 characters.'

describe('emailFault, as Django answers', () => {
  test.each([
    'alice@example.com',
    'a@localhost',
    'x@münchen.de',
    'x@例え.テスト',
    'x+tag@example.com',
    "o'neil!#$%&*/=?^_`{|}~-@example.com",
    'a.b.c@example.co.uk',
    '"quoted@part"@example.com',
    '"a\\ b"@example.com',
    '""@example.com',
    'a@[127.0.0.1]',
    'a@[::ffff:127.0.0.1]',
    'a@[::1]',
    'a@xn--mnchen-3ya.de',
    `a@${'b'.repeat(63)}.com`,
    'a@1.2.3.40',
  ])('takes %s', (address) => {
    expect(emailFault(address)).toBeUndefined()
  })

  test.each([
    '',
    'plain',
    'example.com',
    'a@11',
    'a@',
    '@b.com',
    'a b@example.com',
    'a@example',
    'a@@example.com',
    'a@-x.com',
    'a@x-.com',
    'a@example..com',
    'a@.com',
    'a@example.c',
    'a@example.com-',
    'a@example.com.',
    'a@exa mple.com',
    'a@exa_mple.com',
    'a@exa%6dple.com',
    '.a@example.com',
    'a.@example.com',
    'a..b@example.com',
    'ünal@example.com',
    '"a b"@example.com',
    '"a"b"@example.com',
    'a@[127.0.0.256]',
    'a@[01.2.3.4]',
    'a@[::1%eth0]',
    'a@[example.com]',
    'a@[]',
    'a@LOCALHOST',
    'a@münchen',
    'a@１１',
    `a@${'b'.repeat(64)}.com`,
    'a@ex\ud800.com',
    'a\0@example.com',
  ])('refuses %j', (address) => {
    expect(emailFault(address)).toBe(INVALID)
  })

  test.each(['\r', '\n', '\r\nBcc: x@example.com'])('P24: refuses a line end (%j) anywhere', (lineEnd) => {
    for (const address of [
      `a${lineEnd}@example.com`,
      `a@example.com${lineEnd}`,
      `${lineEnd}a@example.com`,
      `"a${lineEnd}"@example.com`,
      `"\\${lineEnd}"@example.com`,
      `a@münchen.de${lineEnd}`,
      `a@[::1]${lineEnd}`,
    ]) {
      expect(emailFault(address), address).toBe(INVALID)
    }
  })
})

test('P24: at most 254 characters', () => {
  const tail = `@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.com`
  const local = 'a'.repeat(254 - tail.length)
  expect(emailFault(local + tail)).toBeUndefined()
  expect(emailFault(`a${local}${tail}`)).toBe(TOO_LONG)
  expect(emailFault('@'.repeat(100_000))).toBe(TOO_LONG)
})

test('P24: hostile text takes no time', () => {
  const startedAt = performance.now()
  for (const unit of ['a.', 'a-', '"\\', '@', '.', 'ü', '1.', '\\"', 'a@']) {
    for (const [head, tail] of [
      ['', '@x.com'],
      ['a@', '!'],
      ['"', '@x.com'],
      ['a@', '.com-'],
    ]) {
      emailFault(`${head}${unit.repeat(120)}${tail}`)
    }
  }
  expect(performance.now() - startedAt).toBeLessThan(250)
})

describe('canonicalEmail', () => {
  test.each([
    ['Alice@Example.COM', 'alice@example.com'],
    ['x@MÜNCHEN.de', 'x@münchen.de'],
    ['x@mu\u0308nchen.de', 'x@münchen.de'],
  ])('P24: %s becomes %s', (address, canonical) => {
    expect(canonicalEmail(address)).toBe(canonical)
  })

  test('applied again it changes nothing, and neither does NFC before it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' })), (text) => {
        expect(canonicalEmail(canonicalEmail(text))).toBe(canonicalEmail(text))
        expect(canonicalEmail(text.normalize('NFC'))).toBe(canonicalEmail(text))
      }),
      { numRuns: 3000 },
    )
  })
})
