import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig, type Mode } from '../config.ts'

const secret = 'a secret for tests only of 32 or more characters'
const production = { COUNTERSIGN_SECRET: secret, COUNTERSIGN_ISSUER: 'https://auth.example.com' }

function problemsWith(mode: Mode, env: Record<string, string>): string[] {
  try {
    loadConfig({ mode, env: { ...production, ...env } })
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems.map(({ what }) => what)
    throw thrown
  }
}

describe('a server for mail without somebody whom it is from', () => {
  const env = { SMTP_URL: 'smtps://mail.example.com' }

  test.each(['start', 'dev'] as const)('is told by %s', (mode) => {
    expect(problemsWith(mode, env)).toEqual([
      'SMTP_URL is set and MAIL_FROM is not: mail needs somebody whom it is from.',
    ])
    expect(problemsWith(mode, { ...env, MAIL_FROM: 'a@example.com' })).toEqual([])
  })

  test('is not told beside a MAIL_FROM that cannot be used, nor to a tool', () => {
    expect(problemsWith('start', { ...env, MAIL_FROM: 'nobody' })).toEqual(['MAIL_FROM is "nobody".'])
    expect(problemsWith('tool', env)).toEqual([])
  })
})

test('the password of a server for mail is in no problem', () => {
  const told = problemsWith('start', { SMTP_URL: 'smtp://me:hunter2hunter2@mail.example.com?tls=no' })
  expect(told).toEqual(['SMTP_URL is not usable.'])
})

describe('whether it is development', () => {
  test.each<[Mode, Record<string, string>, boolean]>([
    ['dev', { COUNTERSIGN_SECRET: secret }, true],
    ['start', production, false],
    ['tool', { COUNTERSIGN_SECRET: secret }, false],
    ['tool', { COUNTERSIGN_DATA: '/nowhere' }, false],
  ])('%s with %j: %s', (mode, env, isDevelopment) => {
    expect(loadConfig({ mode, env }).isDevelopment).toBe(isDevelopment)
  })
})
