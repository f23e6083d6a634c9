import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import { ConfigError, type ConfigSources, loadConfig, localAddress } from './config.ts'
import { settings } from './settings.ts'

const secret = 'a secret for tests only of 32 or more characters'
const issuer = 'https://auth.example.com'
const production = { COUNTERSIGN_SECRET: secret, COUNTERSIGN_ISSUER: issuer }

function refusal(sources: ConfigSources): ConfigError {
  try {
    loadConfig(sources)
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown
    throw thrown
  }
  throw new Error('expected the configuration to be refused')
}

function whats(sources: ConfigSources): string[] {
  return refusal(sources).problems.map((problem) => problem.what)
}

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'secret')
  writeFileSync(file, text)
  return file
}

describe('where a value comes from', () => {
  test('a flag wins over the environment, the environment over the default', () => {
    const env = { ...production, PORT: '8100', HOST: '0.0.0.0' }
    const config = loadConfig({ mode: 'start', env, flags: { port: '8200' } })
    expect(config).toMatchObject({ port: 8200, host: '0.0.0.0', hashQueue: 256 })
  })

  test('a flag that was not given leaves the environment alone', () => {
    const config = loadConfig({
      mode: 'start',
      env: { ...production, PORT: '8100' },
      flags: { port: undefined },
    })
    expect(config.port).toBe(8100)
  })

  test('a flag that is empty is refused, not taken for the working folder', () => {
    expect(whats({ mode: 'start', env: production, flags: { data: '' } })).toEqual(['--data is "".'])
  })

  test('production has defaults of its own, which the environment still overrides', () => {
    expect(loadConfig({ mode: 'dev', env: production }).commonPasswords).toBe('warn')
    expect(loadConfig({ mode: 'start', env: production }).commonPasswords).toBe('enforce')
    const env = { ...production, COUNTERSIGN_PASSWORD_COMMON: 'off' }
    expect(loadConfig({ mode: 'start', env }).commonPasswords).toBe('off')
  })

  test('the database lies in the data folder, the audience is the issuer, unless said', () => {
    const config = loadConfig({ mode: 'start', env: { ...production, COUNTERSIGN_DATA: '/srv/data' } })
    expect(config.database).toEqual({ kind: 'sqlite', file: join('/srv/data', 'countersign.db') })
    expect(config.audience).toBe(issuer)
  })

  test('in development the issuer is the address it listens on', () => {
    const env = { COUNTERSIGN_SECRET: secret, PORT: '8123', HOST: '0.0.0.0' }
    expect(loadConfig({ mode: 'dev', env }).issuer).toBe('http://127.0.0.1:8123')
  })

  test.each([
    ['0.0.0.0', 'http://127.0.0.1:1'],
    ['::', 'http://127.0.0.1:1'],
    ['::1', 'http://[::1]:1'],
    ['example.test', 'http://example.test:1'],
  ])('a browser reaches %s at %s', (host, address) => {
    expect(localAddress(host, 1)).toBe(address)
  })
})

describe('a secret in a file', () => {
  test.each(['', '\n', '\r\n', ' \n\n'])('is read without the %j at its end', (end) => {
    const env = { COUNTERSIGN_ISSUER: issuer, COUNTERSIGN_SECRET_FILE: fileWith(secret + end) }
    expect(loadConfig({ mode: 'start', env }).secrets).toEqual([secret])
  })

  test('is a problem beside the variable itself', () => {
    const env = { ...production, COUNTERSIGN_SECRET_FILE: fileWith(secret) }
    expect(whats({ mode: 'start', env })).toEqual([
      'COUNTERSIGN_SECRET and COUNTERSIGN_SECRET_FILE are both set.',
    ])
  })

  test('is a problem where it cannot be read, and only that one', () => {
    const env = { COUNTERSIGN_ISSUER: issuer, COUNTERSIGN_SECRET_FILE: '/nowhere/at/all' }
    expect(whats({ mode: 'start', env })).toEqual([
      'COUNTERSIGN_SECRET_FILE names /nowhere/at/all, which cannot be read.',
    ])
  })

  test.each([
    '',
    '\n',
    'too short to be one\n',
  ])('is a problem where it holds %j, which is not shown', (text) => {
    const env = { COUNTERSIGN_ISSUER: issuer, COUNTERSIGN_SECRET_FILE: fileWith(text) }
    expect(whats({ mode: 'start', env })).toEqual(['COUNTERSIGN_SECRET is not usable.'])
  })

  test('is looked for only where the setting is a secret', () => {
    const env = { ...production, COUNTERSIGN_CLIENT_ID_FILE: fileWith('web') }
    expect(whats({ mode: 'start', env })).toEqual(['COUNTERSIGN_CLIENT_ID_FILE is no setting.'])
  })
})

describe('what production refuses (H21)', () => {
  test('a bare start is told everything at once, each with a remedy', () => {
    const { problems, message } = refusal({ mode: 'start', env: {} })
    expect(problems.map(({ what }) => what)).toEqual([
      'COUNTERSIGN_SECRET is not set.',
      'COUNTERSIGN_ISSUER is not set.',
    ])
    expect(problems.every(({ remedy }) => remedy.length > 10)).toBe(true)
    expect(message).toBe(problems.map(({ what }) => what).join('\n'))
  })

  test('bad values, unsafe values and unknown variables come in one list', () => {
    const env = {
      PORT: 'eighty',
      COUNTERSIGN_SECRET: 'short',
      COUNTERSIGN_ISSUER: 'http://auth.example.com',
      COUNTERSIGN_REFRESH_TTL: '30d',
      COUNTERSIGN_SESSION_TTL: '7d',
      COUNTERSIGN_ACESS_TTL: '5m',
    }
    const { problems } = refusal({ mode: 'start', env })
    expect(problems.map(({ what }) => what.split(/ |:/, 1)[0])).toEqual([
      'PORT',
      'COUNTERSIGN_SECRET',
      'COUNTERSIGN_ISSUER',
      'COUNTERSIGN_REFRESH_TTL',
      'COUNTERSIGN_ACESS_TTL',
    ])
    expect(problems.at(-1)?.remedy).toBe('Did you mean COUNTERSIGN_ACCESS_TTL?')
  })

  test('an issuer that cannot be read is told once, and not as missing', () => {
    const env = { ...production, COUNTERSIGN_ISSUER: 'auth.example.com' }
    expect(whats({ mode: 'start', env })).toEqual(['COUNTERSIGN_ISSUER is "auth.example.com".'])
  })

  test.each([
    'http://auth.example.com',
    'http://127.evil.example',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
    'http://0.0.0.0:8000',
    'http://[::2]:8000',
  ])('%s would send passwords in the clear', (address) => {
    const [what] = whats({ mode: 'start', env: { ...production, COUNTERSIGN_ISSUER: address } })
    expect(what).toContain('in the clear')
  })

  test.each([
    'http://localhost:8000',
    'http://127.0.0.1:8000',
    'http://127.9.9.9',
    'http://[::1]:8000',
  ])('%s never leaves this machine', (address) => {
    const env = { ...production, COUNTERSIGN_ISSUER: address }
    expect(loadConfig({ mode: 'start', env }).issuer).toBe(address)
  })

  test('development takes plain http anywhere', () => {
    const env = { ...production, COUNTERSIGN_ISSUER: 'http://auth.example.com' }
    expect(loadConfig({ mode: 'dev', env }).issuer).toBe('http://auth.example.com')
  })

  test('a refresh token may live exactly as long as its session', () => {
    const env = { ...production, COUNTERSIGN_REFRESH_TTL: '7d', COUNTERSIGN_SESSION_TTL: '7d' }
    expect(loadConfig({ mode: 'start', env }).refreshTtlSeconds).toBe(604_800)
  })
})

test('no problem shows a secret', () => {
  const hidden = 'hunter2'
  const env = Object.fromEntries(
    Object.values<{ env: string; secret?: true }>(settings)
      .filter((setting) => setting.secret)
      .map((setting) => [setting.env, hidden]),
  )
  const { problems, message, stack } = refusal({
    mode: 'start',
    env: { ...env, COUNTERSIGN_SECRETS: hidden },
  })
  expect(problems).toHaveLength(9)
  expect(JSON.stringify({ problems, message, stack })).not.toContain(hidden)
})

test('the configuration cannot be changed', () => {
  const env = { ...production, COUNTERSIGN_CORS_ORIGINS: 'https://app.example.com' }
  const config = loadConfig({ mode: 'start', env })
  expect(Object.isFrozen(config)).toBe(true)
  expect(Object.isFrozen(config.secrets)).toBe(true)
  expect(Object.isFrozen(config.corsOrigins)).toBe(true)
})

describe('the management port (H21)', () => {
  test.each(['dev', 'start'] as const)('%s: is not the public one; both are named', (mode) => {
    const env = { ...production, PORT: '8100', COUNTERSIGN_MANAGEMENT_PORT: '8100' }
    expect(refusal({ mode, env }).problems).toEqual([
      {
        what: 'PORT and COUNTERSIGN_MANAGEMENT_PORT are both 8100: metrics would be public.',
        remedy: 'Give COUNTERSIGN_MANAGEMENT_PORT a port of its own, for example 9000.',
      },
    ])
  })

  test('also where a flag gave the public one, and on whatever addresses', () => {
    const env = { ...production, COUNTERSIGN_MANAGEMENT_PORT: '9000', COUNTERSIGN_MANAGEMENT_HOST: '::1' }
    const [problem] = refusal({ mode: 'start', env, flags: { port: '9000' } }).problems
    expect(problem?.remedy).toContain('9001')
  })

  test('two free ports are two ports; a command beside a server does not mind', () => {
    const env = { ...production, PORT: '0', COUNTERSIGN_MANAGEMENT_PORT: '0' }
    expect(loadConfig({ mode: 'start', env })).toMatchObject({ port: 0, managementPort: 0 })
    const same = { ...production, PORT: '8100', COUNTERSIGN_MANAGEMENT_PORT: '8100' }
    expect(loadConfig({ mode: 'tool', env: same }).managementPort).toBe(8100)
  })
})

describe('the secret that development makes', () => {
  test('is made once, for its owner alone, and found again', () => {
    const data = join(temporaryFolder(), 'deep', 'data')
    const load = () => loadConfig({ mode: 'dev', env: { COUNTERSIGN_DATA: data } }).secrets
    const first = load()
    expect(first[0]).toHaveLength(64)
    expect(load()).toEqual(first)
    expect(readdirSync(data)).toEqual(['secret'])
  })

  test('is not made where one is given', () => {
    const data = temporaryFolder()
    loadConfig({ mode: 'dev', env: { COUNTERSIGN_DATA: data, COUNTERSIGN_SECRET: secret } })
    expect(readdirSync(data)).toEqual([])
  })

  test('is never made by start', () => {
    const data = join(temporaryFolder(), 'data')
    refusal({ mode: 'start', env: { COUNTERSIGN_DATA: data, COUNTERSIGN_ISSUER: issuer } })
    expect(existsSync(data)).toBe(false)
  })

  test('is not made where the start is refused anyway', () => {
    const data = join(temporaryFolder(), 'data')
    expect(whats({ mode: 'dev', env: { COUNTERSIGN_DATA: data, PORT: 'x' } })).toEqual(['PORT is "x".'])
    expect(existsSync(data)).toBe(false)
  })

  test('is found by a tool, and never made by one', () => {
    const data = join(temporaryFolder(), 'data')
    const load = (mode: 'dev' | 'tool') => loadConfig({ mode, env: { COUNTERSIGN_DATA: data } }).secrets
    expect(load('tool')).toEqual([''])
    expect(existsSync(data)).toBe(false)
    const made = load('dev')
    expect(load('tool')).toEqual(made)
  })

  test('is a problem where the folder cannot be used', () => {
    const file = fileWith('')
    const [what] = whats({ mode: 'dev', env: { COUNTERSIGN_DATA: file } })
    expect(what).toMatch(/^The data folder .* cannot be used: /)
  })

  test('is a problem where its file was emptied: no key is made of nothing', () => {
    const data = temporaryFolder()
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'secret'), '\n')
    chmodSync(join(data, 'secret'), 0o600)
    for (const mode of ['dev', 'tool'] as const) {
      const [what] = whats({ mode, env: { COUNTERSIGN_DATA: data } })
      expect(what).toContain('holds no secret')
    }
    expect(readFileSync(join(data, 'secret'), 'utf8')).toBe('\n')
  })
})

describe('settings of accounts that contradict each other', () => {
  const set = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`COUNTERSIGN_${name}`, value]))

  test.each([
    [{ HIDE_EMAILS: 'on' }, 'COUNTERSIGN_HIDE_EMAILS is on'],
    [{ LOGIN_BY: 'email' }, 'COUNTERSIGN_LOGIN_BY is email'],
    [{ EMAIL_VERIFICATION: 'required', EMAIL: 'optional' }, 'COUNTERSIGN_EMAIL is optional'],
    [{ SLIDING_TOKENS: 'true' }, 'COUNTERSIGN_SLIDING_TOKENS is true and COUNTERSIGN_SIMPLEJWT is off'],
  ])('%j: nobody would be served by it', (values, what) => {
    expect(whats({ mode: 'dev', env: { ...production, ...set(values) } })).toEqual([
      expect.stringContaining(what),
    ])
    expect(loadConfig({ mode: 'tool', env: { ...production, ...set(values) } })).toBeDefined()
  })

  test('production that requires proven addresses needs a server for mail; development has its outbox', () => {
    const env = { ...production, ...set({ EMAIL_VERIFICATION: 'required' }) }
    expect(whats({ mode: 'start', env })).toEqual([expect.stringContaining('SMTP_URL is not set')])
    expect(loadConfig({ mode: 'dev', env }).emailVerification).toBe('required')
    const mail = { SMTP_URL: 'smtp://127.0.0.1', MAIL_FROM: 'no-reply@example.com' }
    expect(loadConfig({ mode: 'start', env: { ...env, ...mail } }).emailVerification).toBe('required')
  })

  test('these go together', () => {
    const env = {
      ...production,
      ...set({ EMAIL_VERIFICATION: 'optional', HIDE_EMAILS: 'on', LOGIN_BY: 'email' }),
    }
    expect(loadConfig({ mode: 'dev', env })).toMatchObject({ hideEmails: 'on', loginBy: 'email' })
    const sliding = { ...production, ...set({ SLIDING_TOKENS: 'true', SIMPLEJWT: '5.5' }) }
    expect(loadConfig({ mode: 'dev', env: sliding }).slidingTokens).toBe('true')
  })
})
