import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { type SettingName, settings } from './settings.ts'

const secret = 'a secret for tests only of 32 or more characters'
const other = 'another secret for tests of 32 or more characters'
const base = { COUNTERSIGN_SECRET: secret }

interface Row {
  /** where the value lands, and what it is without the variable */
  as: keyof Config
  usual: unknown
  good: readonly (readonly [text: string, value: unknown])[]
  bad: readonly string[]
}

const badDurations = [
  '15 m',
  '-1',
  '1.5h',
  'PT',
  'P',
  'PT15',
  '15M',
  '1w',
  'soon',
  '1e3',
  '0x10',
  '99999999999',
]

/** One row a setting; the compiler sees to it that none is left out. */
const rows: Record<SettingName, Row> = {
  port: {
    as: 'port',
    usual: 8000,
    good: [
      ['0', 0],
      ['65535', 65_535],
    ],
    bad: ['65536', '-1', '80a', '1.5', '٣'],
  },
  host: {
    as: 'host',
    usual: '127.0.0.1',
    good: [
      ['::', '::'],
      ['0.0.0.0', '0.0.0.0'],
    ],
    bad: [' '],
  },
  data: {
    as: 'dataFolder',
    usual: resolve('countersign-data'),
    good: [['/var/lib/x', '/var/lib/x']],
    bad: [' '],
  },
  database: {
    as: 'databaseFile',
    usual: resolve('countersign-data/countersign.db'),
    good: [
      ['sqlite:/srv/x.db', '/srv/x.db'],
      ['sqlite::memory:', ':memory:'],
    ],
    bad: ['postgres://user:hidden@host/db', 'sqlite:', '/srv/x.db'],
  },
  issuer: {
    as: 'issuer',
    usual: 'http://127.0.0.1:8000',
    good: [
      ['https://auth.example.com', 'https://auth.example.com'],
      ['https://auth.example.com/', 'https://auth.example.com'],
      ['https://example.com/auth/', 'https://example.com/auth'],
      ['http://[::1]:8000', 'http://[::1]:8000'],
    ],
    bad: [
      'auth.example.com',
      'ftp://auth.example.com',
      'https://auth.example.com?x=1',
      'https://auth.example.com/?',
      'https://auth.example.com#x',
      'https://user@auth.example.com',
      'https://:hidden@auth.example.com',
      'HTTPS://auth.example.com',
      'https://Auth.example.com',
      'https://auth.example.com:443',
      'https://a.example.com/b/../c',
      ' https://auth.example.com',
      'javascript:alert(1)',
    ],
  },
  audience: { as: 'audience', usual: 'http://127.0.0.1:8000', good: [['my api', 'my api']], bad: ['  '] },
  clientId: { as: 'clientId', usual: 'countersign', good: [['web', 'web']], bad: ['\t'] },
  secrets: {
    as: 'secrets',
    usual: [secret],
    good: [
      [other, [other]],
      [`${other}, ${secret}`, [other, secret]],
      [`${other},`, [other]],
    ],
    bad: ['short', `${other},short`, `short,${other}`, ',', 'x'.repeat(31)],
  },
  accessTtlSeconds: {
    as: 'accessTtlSeconds',
    usual: 900,
    good: [
      ['10', 10],
      ['5m', 300],
      ['PT15M', 900],
      ['1d', 86_400],
      ['P1D', 86_400],
      ['PT1H1M1S', 3661],
    ],
    bad: ['9', '9s', '25h', 'P2D', ...badDurations],
  },
  refreshTtlSeconds: {
    as: 'refreshTtlSeconds',
    usual: 604_800,
    good: [
      ['1m', 60],
      ['365d', 31_536_000],
    ],
    bad: ['59', '366d', ...badDurations],
  },
  sessionTtlSeconds: {
    as: 'sessionTtlSeconds',
    usual: 7_776_000,
    good: [
      ['1m', 60],
      ['3650d', 315_360_000],
    ],
    bad: ['59', '3651d', ...badDurations],
  },
  graceSeconds: {
    as: 'graceSeconds',
    usual: 10,
    good: [
      ['0', 0],
      ['1m', 60],
    ],
    bad: ['61', ...badDurations],
  },
  refreshReplay: {
    as: 'refreshReplay',
    usual: 'grace',
    good: [['until_used', 'until_used']],
    bad: ['always', 'Grace'],
  },
  maxSessionsPerUser: {
    as: 'maxSessionsPerUser',
    usual: 100,
    good: [
      ['1', 1],
      ['10000', 10_000],
    ],
    bad: ['0', '10001'],
  },
  algorithm: {
    as: 'algorithm',
    usual: 'ES256',
    good: [
      ['RS256', 'RS256'],
      ['EdDSA', 'EdDSA'],
    ],
    bad: ['none', 'HS256', 'es256', 'ES384', 'constructor'],
  },
  tokenType: { as: 'tokenType', usual: 'at+jwt', good: [['JWT', 'JWT']], bad: ['jwt', 'application/at+jwt'] },
  keyRotationSeconds: {
    as: 'keyRotationSeconds',
    usual: 7_776_000,
    good: [
      ['0', 0],
      ['30d', 2_592_000],
    ],
    bad: ['3651d'],
  },
  email: { as: 'email', usual: 'required', good: [['optional', 'optional']], bad: ['no'] },
  minPasswordLength: {
    as: 'minPasswordLength',
    usual: 8,
    good: [
      ['15', 15],
      ['128', 128],
    ],
    bad: ['7', '129'],
  },
  commonPasswords: {
    as: 'commonPasswords',
    usual: 'warn',
    good: [
      ['off', 'off'],
      ['enforce', 'enforce'],
    ],
    bad: ['on'],
  },
  argon2MemoryKib: { as: 'argon2MemoryKib', usual: 19_456, good: [['7168', 7168]], bad: ['7167', '1048577'] },
  argon2Time: {
    as: 'argon2Time',
    usual: 2,
    good: [
      ['1', 1],
      ['20', 20],
    ],
    bad: ['0', '21'],
  },
  hashParallel: {
    as: 'hashParallel',
    usual: availableParallelism(),
    good: [
      ['1', 1],
      ['256', 256],
    ],
    bad: ['0', '257'],
  },
  hashQueue: {
    as: 'hashQueue',
    usual: 256,
    good: [
      ['0', 0],
      ['100000', 100_000],
    ],
    bad: ['100001'],
  },
  hashDeadlineSeconds: {
    as: 'hashDeadlineSeconds',
    usual: 5,
    good: [
      ['1s', 1],
      ['30', 30],
    ],
    bad: ['0', '31'],
  },
  trustProxy: {
    as: 'trustProxy',
    usual: false,
    good: [
      ['off', false],
      ['0', false],
      ['2', 2],
      ['10.0.0.1', ['10.0.0.1']],
      ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
    ],
    bad: [
      'true',
      '100',
      '-1',
      'dead',
      '...',
      '10.0.0.0/33',
      'fd00::/129',
      '10.0.0.0/',
      '10.0.0/8',
      'proxy.local',
      ',',
    ],
  },
  corsOrigins: {
    as: 'corsOrigins',
    usual: [],
    good: [
      ['https://app.example.com', ['https://app.example.com']],
      ['https://a.example.com, http://localhost:3000', ['https://a.example.com', 'http://localhost:3000']],
    ],
    bad: [
      '*',
      'null',
      'https://app.example.com/',
      'https://*.example.com/x',
      'https://App.example.com',
      'file:///x',
    ],
  },
  logLevel: {
    as: 'logLevel',
    usual: 'info',
    good: [
      ['silent', 'silent'],
      ['debug', 'debug'],
    ],
    bad: ['verbose'],
  },
  logFormat: {
    as: 'logFormat',
    usual: 'auto',
    good: [
      ['json', 'json'],
      ['pretty', 'pretty'],
    ],
    bad: ['xml'],
  },
}

const names = Object.keys(settings) as SettingName[]

function problemsOf(env: Record<string, string>): ConfigError['problems'] {
  try {
    loadConfig({ mode: 'tool', env: { ...base, ...env } })
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems
    throw thrown
  }
}

describe.each(names)('%s', (name) => {
  const { env, secret: isSecret } = settings[name] as { env: string; secret?: true }
  const { as, usual, good, bad } = rows[name]

  test('has its default', () => {
    expect(loadConfig({ mode: 'tool', env: base })[as]).toEqual(usual)
  })

  test('set to nothing is not set', () => {
    const config = loadConfig({ mode: 'tool', env: { ...base, ...(name !== 'secrets' && { [env]: '' }) } })
    expect(config[as]).toEqual(usual)
  })

  test.each(good)('takes %j', (text, value) => {
    expect(loadConfig({ mode: 'tool', env: { ...base, [env]: text } })[as]).toEqual(value)
  })

  test.each(bad)('refuses %j and says what to do', (text) => {
    const [problem, ...more] = problemsOf({ [env]: text })
    expect(more).toEqual([])
    expect(problem?.what).toContain(env)
    expect(problem?.remedy).toMatch(/^Set it to \S.{5,}\.$/)
    if (isSecret) expect(problem?.what).toBe(`${env} is not usable.`)
    else expect(problem?.what).toContain(JSON.stringify(text))
  })
})
