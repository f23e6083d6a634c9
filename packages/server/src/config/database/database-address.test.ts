import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/harness.ts'
import { ConfigError, loadConfig } from '../config.ts'
import { database, databaseText } from './database-address.ts'

function load(env: Record<string, string>) {
  return loadConfig({ mode: 'tool', env: { COUNTERSIGN_DATA: temporaryFolder(), ...env } }).database
}

function problemsOf(env: Record<string, string>): string {
  try {
    load(env)
  } catch (thrown) {
    if (thrown instanceof ConfigError) {
      return thrown.problems.map(({ what, remedy }) => `${what} ${remedy}`).join('\n')
    }
  }
  return ''
}

describe('the address of a PostgreSQL server', () => {
  test('beyond this machine must say how much of its certificate is checked', () => {
    expect(problemsOf({ DATABASE_URL: 'postgres://me:hidden@db.example.com/auth' })).toBe(
      'DATABASE_URL names db.example.com and says nothing of TLS. Append ?sslmode=verify-full ' +
        '(or verify-ca, require), or ?sslmode=disable where the network is yours alone.',
    )
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
      expect(load({ DATABASE_URL: `postgres://me@${host}/auth` })).toMatchObject({ kind: 'postgres' })
    }
  })

  test('a password of its own, also from a file, wins over the one in the address', () => {
    const DATABASE_URL = 'postgres://me:old@localhost/auth'
    expect(load({ DATABASE_URL })).toMatchObject({ password: 'old' })
    expect(load({ DATABASE_URL, DATABASE_PASSWORD: 'new' })).toMatchObject({ password: 'new' })
    const file = join(temporaryFolder(), 'password')
    writeFileSync(file, 'from a file\n')
    expect(load({ DATABASE_URL, DATABASE_PASSWORD_FILE: file })).toMatchObject({ password: 'from a file' })
  })

  test('certificates are read from the files it names; one that cannot be read is told', () => {
    const ca = join(temporaryFolder(), 'ca.pem')
    writeFileSync(ca, 'PEM')
    const url = `postgres://me@db/auth?sslmode=verify-full&sslrootcert=${ca}`
    expect(load({ DATABASE_URL: url })).toMatchObject({ tls: { verify: 'chain_and_name', ca: 'PEM' } })
    const required = { DATABASE_URL: `postgres://me@db/auth?sslmode=require&sslrootcert=${ca}` }
    expect(load(required)).toMatchObject({ tls: { verify: 'chain' } })
    expect(problemsOf({ DATABASE_URL: `${url}&sslkey=/nowhere/key.pem` })).toContain(
      'DATABASE_URL names /nowhere/key.pem as its sslkey, which cannot be read.',
    )
  })

  test.each([
    ['postgres://me:hidden@localhost/auth', 'postgres://me@localhost:5432/auth'],
    ['postgres://m%40e:hidden@[::1]:1/a%2Fb', 'postgres://m%40e@[::1]:1/a%2Fb'],
    ['postgres://me:hidden@/auth?host=/run/pg', 'postgres://me@/auth?host=/run/pg'],
    ['sqlite:/srv/x.db', '/srv/x.db'],
  ])('%s is shown as %s', (text, shown) => {
    const parsed = database(text)
    expect('value' in parsed && databaseText(parsed.value)).toBe(shown)
  })

  test('what is wrong with it is told without the password', () => {
    for (const url of [
      'postgres://me:hidden@h/db?x=1',
      'postgres://me:hidden%@h/db',
      'postgres://:hidden@h',
    ]) {
      expect(problemsOf({ DATABASE_URL: url })).toMatch(/^DATABASE_URL is not usable\. Set it to /)
      expect(problemsOf({ DATABASE_URL: url })).not.toContain('hidden')
    }
  })
})
