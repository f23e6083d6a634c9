import type { Dice } from '../../tokens/mutations.ts'

/** A member's value as JSON has it: spelled, since numbers are compared as they are written. */
export type Spelled = string

/** What is no good text anywhere, or is one only just. */
const oddValues: readonly Spelled[] = [
  ...['null', 'true', 'false', '[]', '["alice"]', '{}', '{"a":"b"}', '[[[[]]]]', '[null]'],
  ...[
    '0',
    '-0',
    '12',
    '-7',
    '1.0',
    '1.50',
    '0.1',
    '1e3',
    '1E+3',
    '1e-7',
    '1e16',
    '123456789012345678901234567890',
  ],
  ...['1e400', '-1e400', '0.00001', '1e22', '123456789.123456789', '5e-324', '1.7976931348623157e308'],
  ...['""', '" "', '"\\t\\n"', '"\\u00a0"', '"\\u2003"', '"\\u0085"', '"\\ufeff"', '"\\u001c"', '"\\u200b"'],
  ...['"a\\u0000b"', '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\\ud83d\\ude00"', '"x\\udc00"'],
  ...[
    '"<script>alert(1)</script>"',
    '"\\"\\\\\\/"',
    '"\\u0007"',
    '"é"',
    '"e\\u0301"',
    '"名前"',
    '"ﬁ"',
    '"İ"',
  ],
]

/** Whatever a field may be given. */
export function oddValue(dice: Dice): Spelled {
  const kind = dice.below(12)
  if (kind === 0)
    return JSON.stringify('x'.repeat(dice.pick([127, 128, 149, 150, 151, 253, 254, 255, 256, 1024])))
  if (kind === 1) return JSON.stringify(randomText(dice, 12))
  return dice.pick(oddValues)
}

const signs = [
  ...'abcXYZ019@.+-_ !#$%&*/=?^`{|}~"\'\\<>()[],;:üßøéñ名前ЖΩ',
  '\t',
  '\u00a0',
  '\u3000',
  '😀',
  '\u0301',
  '\u200d',
  '²',
  'Ⅷ',
  '٣',
]

/** A text of any signs. */
export function randomText(dice: Dice, longest: number): string {
  return Array.from({ length: dice.below(longest) + 1 }, () => dice.pick(signs)).join('')
}

/** Names in the neighbourhood of what is allowed; `user` is one that nobody has. */
export function nearlyName(user: string, dice: Dice): Spelled {
  const near = [
    user,
    `${user}${dice.pick(['.', '@', '+', '-', '_', '..', '@x.y'])}`,
    `${dice.pick([' ', '\t', '\u00a0', '\u3000', '\u001f'])}${user}${dice.pick([' ', '\n', ''])}`,
    `${user}${randomText(dice, 3)}`,
    `${dice.pick(['é', 'Ω', '名', '²', '٣', 'Ⅷ'])}${user}`,
    user.padEnd(dice.pick([149, 150, 151, 152]), 'x'),
  ]
  return JSON.stringify(dice.pick(near))
}

/** Addresses in the neighbourhood of what is allowed. */
export function nearlyEmail(user: string, dice: Dice): Spelled {
  const local = dice.pick([
    user,
    `${user}.x`,
    `${user}..x`,
    `.${user}`,
    `${user}+t`,
    `"${user} x"`,
    `${user}!#$%`,
    `ü${user}`,
    '',
  ])
  const domain = dice.pick([
    ...[
      'example.com',
      'EXAMPLE.com',
      'localhost',
      'example',
      'a-.com',
      '-a.com',
      'a--b.com',
      'example.c',
      'example.c1',
    ],
    ...[
      '[127.0.0.1]',
      '[::1]',
      '[1.2.3]',
      '127.0.0.1',
      'münchen.de',
      '例え.jp',
      'a_b.com',
      'example.com.',
      'a.b.c.d.e',
      '',
    ],
    `${'a'.repeat(dice.pick([62, 63, 64]))}.com`,
  ])
  return JSON.stringify(
    dice.pick([`${local}@${domain}`, `${local}@${domain}`, `${local}${domain}`, ` ${local}@${domain} `]),
  )
}

/** Passwords in the neighbourhood of what is allowed. */
export function nearlyPassword(user: string, dice: Dice): Spelled {
  const near = [
    'correct horse battery',
    randomText(dice, 14),
    'zq7!kx2v'.slice(0, dice.below(8) + 1),
    `${user}${'abc'.slice(dice.below(4))}`,
    [...user].reverse().join(''),
    `${user}@example.com`,
    'example.com',
    String(dice.below(1e12)),
    dice.pick([
      'password',
      'Password1',
      'qwertyuiop',
      'iloveyou1',
      'letmein',
      '12345678',
      'sunshine',
      'PASSWORD123',
    ]),
    '٣٣٣٣٣٣٣٣٣',
    'pq7 '.repeat(32).slice(0, dice.pick([126, 127, 128])),
  ]
  return JSON.stringify(dice.pick(near))
}
