import { describe, expect, test } from 'vitest'
import { createPolicy, passwordFieldFaults } from './policy.ts'

const alice = { username: 'alice', email: 'alice@example.com' }
const TOO_SHORT = 'This password is too short. It must contain at least 8 characters.'
const TOO_COMMON = 'This password is too common.'
const NUMERIC = 'This password is entirely numeric.'
const LIKE_USERNAME = 'The password is too similar to the username.'
const LIKE_EMAIL = 'The password is too similar to the email address.'

const policy = createPolicy({ minLength: 8, common: 'enforce' })

async function faultsOf(password: string, owner: { username: string; email?: string } = alice) {
  const { faults, warnings } = await policy.check(password, owner)
  expect(warnings).toEqual([])
  return faults
}

describe('Django’s recorded answers', () => {
  test.each([
    ['TestPass123', []],
    ['Xq7!abc', [TOO_SHORT]],
    ['password123', [TOO_COMMON]],
    ['test1234', [TOO_COMMON]],
    ['918273645546', [NUMERIC]],
    ['123456', [TOO_SHORT, TOO_COMMON, NUMERIC]],
    ['alice2024', [LIKE_USERNAME]],
  ])('%s', async (password, faults) => {
    expect(await faultsOf(password)).toEqual(faults)
  })

  test('like the local part of the e-mail address', async () => {
    const owner = { username: 'wonderland', email: 'liddell.a@example.com' }
    expect(await faultsOf('liddell1865', owner)).toEqual([LIKE_EMAIL])
  })
})

describe('similarity', () => {
  test.each([
    ['the whole address', 'rabbit@hole.org', { username: 'x', email: 'rabbit@hole.org' }, [LIKE_EMAIL]],
    ['letters in another order and case', 'ECILADNOW', { username: 'wondalice' }, [LIKE_USERNAME]],
    ['a part between signs', 'liddell!!', { username: 'alice.liddell' }, [LIKE_USERNAME]],
    [
      'no part at an underscore, which Python counts as a letter',
      'liddell!!',
      { username: 'alice_liddell' },
      [],
    ],
    ['username before e-mail, and only the first', 'alice2024', alice, [LIKE_USERNAME]],
    ['at 0.7 exactly', 'abcdefg123', { username: 'abcdefghij' }, [LIKE_USERNAME]],
    ['below 0.7', 'abcdef1234', { username: 'abcdefghij' }, []],
    ['no e-mail address', 'example com', { username: 'x' }, []],
    ['a password ten times as long', 'alice'.repeat(10), alice, []],
  ])('P10: %s', async (_, password, owner, faults) => {
    expect(await faultsOf(password, owner)).toEqual(faults)
  })
})

describe('length', () => {
  test('P04: at least 8, counted in code points', async () => {
    expect(await faultsOf('🔑🔒🗝️🚪🪪🧿x')).toEqual([])
    expect(await faultsOf('🔑🔒🚪🪪🧿xy')).toEqual([TOO_SHORT])
  })

  test('P04: the minimum is a setting', async () => {
    const strict = createPolicy({ minLength: 15, common: 'off' })
    expect((await strict.check('fourteen signs', alice)).faults).toEqual([
      'This password is too short. It must contain at least 15 characters.',
    ])
    expect((await strict.check('fifteen signs..', alice)).faults).toEqual([])
  })

  test('P05: at least 64 are taken, up to 1024 bytes, and more is refused rather than cut', async () => {
    expect(await faultsOf(`correct horse ${'battery '.repeat(20)}`)).toEqual([])
    expect(passwordFieldFaults('a'.repeat(1024))).toEqual([])
    expect(passwordFieldFaults('ü'.repeat(512))).toEqual([])
    const tooLong = ['Ensure this field has no more than 1024 bytes.']
    expect(passwordFieldFaults('a'.repeat(1025))).toEqual(tooLong)
    expect(passwordFieldFaults(`${'ü'.repeat(512)}a`)).toEqual(tooLong)
  })
})

test('P07: NUL is refused', () => {
  expect(passwordFieldFaults('pass\0word')).toEqual(['Null characters are not allowed.'])
  expect(passwordFieldFaults('\0'.repeat(1025))).toHaveLength(2)
})

test('P11: no composition rules', async () => {
  for (const password of [
    'loutish gremlin',
    'QUIXOTIC ZEBRAS',
    '~~^~~^~~^~~',
    'зелёная лампа',
    '        !',
  ]) {
    expect(await faultsOf(password), password).toEqual([])
  }
})

describe('common passwords', () => {
  test.each([
    'password',
    'PassWord',
    '  letmein1 ',
    'iloveyou',
    'qwerty123',
  ])('P09: %j is refused', async (password) => {
    expect(await faultsOf(password)).toContain(TOO_COMMON)
  })

  test('`warn` takes them with a warning', async () => {
    const lenient = createPolicy({ minLength: 8, common: 'warn' })
    expect(await lenient.check('test1234', alice)).toEqual({ faults: [], warnings: [TOO_COMMON] })
    expect(await lenient.check('123456', alice)).toEqual({
      faults: [TOO_SHORT, NUMERIC],
      warnings: [TOO_COMMON],
    })
    expect(await lenient.check('loutish gremlin', alice)).toEqual({ faults: [], warnings: [] })
  })

  test('`off` does not look', async () => {
    const blind = createPolicy({ minLength: 8, common: 'off' })
    expect(await blind.check('test1234', alice)).toEqual({ faults: [], warnings: [] })
  })
})

test.each([
  '٣٤٥٦٧٨٩٠',
  '²³²³²³²³',
  '①②③④⑤⑥⑦⑧',
  '１２３４５６７９',
])('%s is numeric, as Python has it', async (password) => {
  expect(await faultsOf(password)).toContain(NUMERIC)
})

test.each(['½½½½½½½½½', 'ⅧⅧⅧⅧⅧⅧⅧⅧ', '-91827364', '918273.645'])('%s is not numeric', async (password) => {
  expect(await faultsOf(password)).not.toContain(NUMERIC)
})
