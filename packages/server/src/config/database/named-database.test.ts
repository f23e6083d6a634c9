import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/harness.ts'
import { ConfigError } from '../config.ts'
import { configWithDatabase, type NamedDatabase } from './named-database.ts'

const secretAddress = 'postgres://auth:s3cret@127.0.0.1:5432/auth'

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'address')
  writeFileSync(file, text)
  return file
}

function read(named: Omit<NamedDatabase, 'flag'>, env: Record<string, string> = {}) {
  return configWithDatabase({ flag: '--to', ...named }, {}, env).database
}

function refusal(named: Omit<NamedDatabase, 'flag'>, env: Record<string, string> = {}) {
  try {
    read(named, env)
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems.map(({ what, remedy }) => `${what} ${remedy}`)
  }
  throw new Error('it was not refused')
}

describe('a database that a command line names', () => {
  test('wins over the one of the settings, whose variables may both be set', () => {
    const env = { DATABASE_URL: 'sqlite:old.db' }
    expect(read({ address: 'sqlite:new.db' }, env)).toEqual({ kind: 'sqlite', file: 'new.db' })
    expect(read({ file: fileWith('sqlite:new.db\n') }, env)).toEqual({ kind: 'sqlite', file: 'new.db' })
    expect(read({ address: 'sqlite:new.db' }, { DATABASE_URL_FILE: fileWith(secretAddress) })).toMatchObject({
      file: 'new.db',
    })
  })

  test('has its password from DATABASE_PASSWORD, unless a file has both', () => {
    const address = 'postgres://auth@127.0.0.1/auth'
    expect(read({ address })).toMatchObject({ password: undefined })
    expect(read({ address }, { DATABASE_PASSWORD: 'apart' })).toMatchObject({ password: 'apart' })
    const inFile = { DATABASE_PASSWORD_FILE: fileWith('apart\n') }
    expect(read({ address }, inFile)).toMatchObject({ password: 'apart' })
    expect(read({ file: fileWith(address) }, inFile)).toMatchObject({ password: 'apart' })
    expect(read({ file: fileWith(secretAddress) }, inFile)).toMatchObject({ password: 's3cret' })
  })

  test('is refused with a password in it: others see a command line', () => {
    expect(refusal({ address: secretAddress })).toEqual([
      'The address in --to holds a password, and a command line is seen by others. Put the address into a file that ' +
        'only you can read and give --to-file FILE, or leave the password out and set DATABASE_PASSWORD.',
    ])
  })

  test.each([
    [{ address: 'mysql://auth:s3cret@127.0.0.1/auth' }, '--to is not usable.'],
    [
      { address: 'postgres://auth@db.example.com/auth' },
      '--to names db.example.com and says nothing of TLS.',
    ],
    [{ file: '/no/such/file' }, '--to-file names /no/such/file, which cannot be read.'],
    [{ file: fileWith('postgres://auth:s3cret@/%zz') }, '--to-file is not usable.'],
  ])('is told by its flag where it is of no use: %o', (named, told) => {
    const [problem = '', ...others] = refusal(named)
    expect(problem).toContain(told)
    expect(problem).not.toContain('s3cret')
    expect(others).toEqual([])
  })

  test('other settings that are wrong are told as always', () => {
    const env = { DATABASE_PASSWORD: 'a', DATABASE_PASSWORD_FILE: 'b', PORT: 'x' }
    expect(refusal({ address: 'postgres://auth@127.0.0.1/auth' }, env)[0]).toContain('PORT is "x".')
  })
})
