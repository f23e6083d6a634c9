import { createHash, pbkdf2Sync } from 'node:crypto'
import { hash as bcrypt } from '@node-rs/bcrypt'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UserRecord } from '../../src/import/fields.ts'
import type { Candidate } from '../../src/import/import-users.ts'
import { csvRows } from '../../src/import/readers/csv.ts'
import { readHashConfig } from '../../src/import/readers/firebase.ts'
import { type ReaderKnowledge, type ReaderName, readers } from '../../src/import/readers/readers.ts'
import { readStored } from '../../src/passwords/formats/formats.ts'
import { t0 } from '../store/samples.ts'
import { bytesOf, collected, hashCheaply } from './run.ts'

const plain: ReaderKnowledge = { now: t0, hashing: undefined, hashes: 'plain' }

function read(
  format: ReaderName,
  text: string,
  knowledge: Partial<ReaderKnowledge> = {},
): Promise<Candidate[]> {
  return collected<Candidate>(readers[format](bytesOf(text, 11), { ...plain, ...knowledge }))
}

async function only(...given: Parameters<typeof read>): Promise<UserRecord> {
  const [one, ...others] = await read(...given)
  expect(others).toEqual([])
  if (!one || !('record' in one)) throw new Error(`no record: ${JSON.stringify(one)}`)
  return one.record
}

const password = 'user1password'

async function matches({ password_hash }: UserRecord, devisePepper?: string): Promise<boolean | undefined> {
  return readStored(password_hash ?? '', { devisePepper })?.check?.(password)
}

const nothing = {
  ...{ email_claimed: true, email_verified_at: null, password_changed_at: null, is_staff: false },
  ...{ is_superuser: false, first_name: '', last_name: '', groups: [], last_login: null, sessions: [] },
}

describe('Keycloak', () => {
  const realm = (user: object) => JSON.stringify({ realm: 'a', users: [user] })
  const credential = (data: object, secret: object) => ({
    type: 'password',
    credentialData: JSON.stringify(data),
    secretData: JSON.stringify(secret),
  })
  const user = {
    ...{ id: '8f5c', createdTimestamp: t0, username: 'user1', enabled: true, emailVerified: true },
    ...{ email: 'user1@example.com', firstName: 'U', lastName: 'One', groups: ['/staff', '/a/b'] },
  }

  test.each([
    ['pbkdf2-sha256', 'sha256', 32],
    ['pbkdf2-sha256', 'sha256', 64],
    ['pbkdf2-sha512', 'sha512', 64],
    ['pbkdf2', 'sha1', 64],
  ])('a user of a realm, with %s', async (algorithm, digest, bytes) => {
    const salt = createHash('sha256').update('salt').digest().subarray(0, 16)
    const value = pbkdf2Sync(password, salt, 1_000, bytes, digest).toString('base64')
    const data = { hashIterations: 1_000, algorithm, additionalParameters: {} }
    const credentials = [{ type: 'otp' }, credential(data, { value, salt: salt.toString('base64') })]
    const record = await only('keycloak', realm({ ...user, credentials }))
    expect(record).toEqual({
      ...nothing,
      ...{ id: '8f5c', username: 'user1', email: 'user1@example.com', email_verified: true, is_active: true },
      ...{ first_name: 'U', last_name: 'One', groups: ['staff', 'a/b'], created_at: t0 },
      password_hash: expect.any(String),
    })
    expect(await matches(record)).toBe(true)
  })

  test('a user with argon2', async () => {
    const [, , , , salt, value] = (await hashCheaply(password)).split('$')
    const more = { hashLength: ['32'], memory: ['7168'], type: ['id'], version: ['1.3'], parallelism: ['1'] }
    const data = { hashIterations: 1, algorithm: 'argon2', additionalParameters: more }
    const record = await only(
      'keycloak',
      realm({ ...user, credentials: [credential(data, { value, salt })] }),
    )
    expect(record.password_hash).toMatch(/^\$argon2id\$v=19\$m=7168,t=1,p=1\$/)
    expect(await matches(record)).toBe(true)
  })

  test('who has no password has none, who has a broken one has an unknown one, and a client is no user', async () => {
    const users = [user, { ...user, credentials: [{ type: 'password', secretData: '{' }], enabled: false }]
    const service = { id: 'c', username: 'service-account-a', serviceAccountClientId: 'a' }
    const found = await read('keycloak', JSON.stringify({ users: [...users, service] }))
    expect(found.map((one) => 'record' in one && one.record.password_hash)).toEqual([null, 'keycloak$'])
    expect(found[1]).toHaveProperty('record.is_active', false)
  })
})

describe('Firebase', () => {
  // The example of github.com/firebase/scrypt.
  const config = `hash_config {
    algorithm: SCRYPT,
    base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
    base64_salt_separator: Bw==,
    rounds: 8,
    mem_cost: 14,
  }`
  const user = {
    ...{ localId: 'kX9', email: 'user1@example.com', emailVerified: true, displayName: 'User One' },
    passwordHash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    ...{ salt: '42xEC+ixf3L2lw==', lastSignedInAt: String(t0), createdAt: String(t0 - 1), disabled: false },
    providerUserInfo: [],
  }

  test('a user with his hash, the alphabet whichever', async () => {
    const web = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')
    for (const spelled of [user, { ...user, passwordHash: web(user.passwordHash), salt: web(user.salt) }]) {
      const record = await only('firebase', JSON.stringify({ users: [spelled] }), {
        hashing: readHashConfig(config),
      })
      expect(record).toEqual({
        ...nothing,
        ...{ id: 'kX9', username: 'user1@example.com', email: 'user1@example.com', email_verified: true },
        ...{ is_active: true, first_name: 'User One', created_at: t0 - 1, last_login: t0 },
        password_hash: expect.stringMatching(/^\$firescrypt\$ln=14,r=8,p=1\$/),
      })
      expect(await matches(record)).toBe(true)
    }
  })

  test('the parameters may be JSON, and all of them are needed where there is a hash', async () => {
    const json = { base64_signer_key: 'YQ==', base64_salt_separator: 'Bw==', rounds: 8, mem_cost: 14 }
    expect(readHashConfig(JSON.stringify(json))).toEqual({
      signerKey: 'YQ==',
      saltSeparator: 'Bw==',
      rounds: '8',
      memCost: '14',
    })
    expect(() => readHashConfig('rounds: 8')).toThrow('The hash parameters have no base64_signer_key.')
    await expect(read('firebase', JSON.stringify({ users: [user] }))).rejects.toThrow('--hash-config FILE')
    const { passwordHash: _, ...elsewhere } = user
    expect(await only('firebase', JSON.stringify([elsewhere]))).toHaveProperty('password_hash', null)
  })
})

describe('Supabase', () => {
  test('rows in CSV, in a JSON list and as a JSON object a line', async () => {
    const hash = await bcrypt(password, { cost: 4 })
    const row = {
      ...{ id: '7c1d', email: 'User1@example.com', phone: null, encrypted_password: hash },
      ...{ email_confirmed_at: '2023-04-05 06:07:08.123456+00', last_sign_in_at: null, deleted_at: null },
      ...{ created_at: '2023-04-05 06:07:08+02', banned_until: '2100-01-01 00:00:00+00' },
    }
    const csv = `${Object.keys(row)}\r\n${Object.values(row).map((one) => one ?? '')}\r\n`
    for (const text of [csv, `\ufeff${csv}`, ` ${JSON.stringify([row])}`, `${JSON.stringify(row)}\n`]) {
      const record = await only('supabase', text)
      expect(record).toEqual({
        ...nothing,
        ...{ id: '7c1d', username: 'User1@example.com', email: 'User1@example.com', email_verified: true },
        ...{ email_verified_at: Date.parse('2023-04-05T06:07:08.123Z'), is_active: false },
        ...{ created_at: Date.parse('2023-04-05T04:07:08Z'), password_hash: hash },
      })
      expect(await matches(record)).toBe(true)
    }
  })

  test('who has a telephone only is called by it', async () => {
    const record = await only('supabase', 'id,email,phone\n1,,4312345\n')
    expect(record).toMatchObject({ username: '4312345', email: '', is_active: true, password_hash: null })
  })
})

describe('Auth0', () => {
  test('the export with hashes', async () => {
    const hash = await bcrypt(password, { cost: 4 })
    const user = {
      ...{ _id: { $oid: '60425dc4' }, email_verified: false, email: 'user1@example.com', passwordHash: hash },
      ...{
        password_set_date: { $date: '2021-03-05T16:34:44.232Z' },
        tenant: 'a',
        connection: 'b',
        _tmp_is_unique: true,
      },
    }
    const record = await only('auth0', JSON.stringify(user))
    expect(record).toMatchObject({
      id: 'auth0|60425dc4',
      username: 'user1@example.com',
      email_verified: false,
    })
    expect(await matches(record)).toBe(true)
  })

  test('the export job without, as CSV and as lines', async () => {
    const row = {
      ...{ user_id: 'auth0|1', email: 'u@example.com', email_verified: true, username: 'u', blocked: true },
      ...{
        given_name: 'A, "B"',
        family_name: 'C',
        created_at: '2021-03-05T16:34:44.232Z',
        last_login: '2022-03-05T16:34:44.232Z',
      },
    }
    const csv = `${Object.keys(row)}\n${Object.values(row).map((one) => `"${String(one).replaceAll('"', '""')}"`)}`
    const [one, other] = [await only('auth0', csv), await only('auth0', JSON.stringify(row))]
    expect(one).toEqual(other)
    expect(one).toMatchObject({
      id: 'auth0|1',
      username: 'u',
      first_name: 'A, "B"',
      is_active: false,
      email_verified: true,
    })
    expect(one.last_login).toBe(Date.parse('2022-03-05T16:34:44.232Z'))
  })
})

describe('Devise', () => {
  test.each(['plain', 'peppered'] as const)('a row of its table, %s', async (hashes) => {
    const pepper = hashes === 'peppered' ? 'a pepper' : ''
    const hash = await bcrypt(`${password}${pepper}`, { cost: 4 })
    const csv = `id,email,encrypted_password,confirmed_at,created_at,last_sign_in_at,current_sign_in_at,admin
42,user1@example.com,${hash},2020-01-02 03:04:05.678,2020-01-01 00:00:00 UTC,2020-01-03 00:00:00,,t
`
    const record = await only('devise', csv, { hashes })
    expect(record).toMatchObject({
      ...{ id: '42', username: 'user1@example.com', email_verified: true, is_staff: true, is_active: true },
      ...{
        email_verified_at: Date.parse('2020-01-02T03:04:05.678Z'),
        created_at: Date.parse('2020-01-01T00:00:00Z'),
      },
      last_login: Date.parse('2020-01-03T00:00:00Z'),
    })
    expect(await matches(record, 'a pepper')).toBe(true)
  })
})

describe('files that are not what they should be', () => {
  test.each<[ReaderName, string, string]>([
    ['keycloak', 'nonsense', 'It is no JSON with a list of users.'],
    ['keycloak', '{"users":1}', 'It is no JSON with a list of users.'],
    ['firebase', '', 'It is no JSON with a list of users.'],
    ['supabase', '[{"id":"1"}', 'It is no JSON with a list of users.'],
    ['devise', 'id,email\n1,"a', 'It ends inside quotes: is it cut off?'],
  ])('%s: %s is refused as a whole', async (format, text, told) => {
    await expect(read(format, text)).rejects.toThrow(told)
  })

  test('a row that cannot be read is refused alone, with its place', async () => {
    expect(await read('supabase', '{"id":"1","email":"a@b.c"}\nnonsense\n\n{"id":2}\n')).toEqual([
      { row: 1, record: expect.anything() },
      { row: 2, faults: ['it cannot be read'] },
      { row: 4, record: expect.anything() },
    ])
    expect(await read('devise', 'id,email\n1\n\n2,x@example.com\n')).toEqual([
      { row: 2, faults: ['it cannot be read'] },
      { row: 3, record: expect.anything() },
    ])
    const faults = await read('auth0', '{"email":1,"user_id":"x","created_at":"yesterday"}')
    expect(faults).toEqual([
      { row: 1, faults: ['created_at: an instant such as 2026-01-31T12:00:00Z is expected'] },
    ])
    expect(await read('auth0', '{"email":1,"user_id":"x","created_at":1e99}')).toEqual(faults)
  })
})

test.each(
  Object.keys(readers) as ReaderName[],
)('whatever a row of %s holds, the others are read', async (name) => {
  const known = [
    'id',
    'user_id',
    '_id',
    'localId',
    'username',
    'email',
    'credentials',
    'created_at',
    'createdAt',
  ]
  const member = fc.constantFrom(
    ...known,
    'last_login',
    'createdTimestamp',
    'groups',
    'sessions',
    'banned_until',
  )
  const value = fc.oneof(fc.jsonValue(), fc.constant(1e99), fc.constant([null]), fc.constant({ $date: 1e99 }))
  const row = fc.dictionary(member, value)
  const hashing = { signerKey: '', saltSeparator: '', rounds: '8', memCost: '14' }
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 3 }), async (rows) => {
      const all = [...rows, { id: '1', username: 'last' }]
      const text =
        name === 'countersign' ? all.map((one) => JSON.stringify(one)).join('\n') : JSON.stringify(all)
      const candidates = await read(name, text, { hashing })
      expect(candidates.length).toBeLessThanOrEqual(all.length)
      expect(candidates.at(-1)?.row).toBe(all.length)
    }),
    { numRuns: 100 },
  )
})

test('CSV that was written is read as it was', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'ž', ',', '"', '\n', ' ', '\r\n') })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(field, field, field), { maxLength: 6 }), async (rows) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
      const text = rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('')
      async function* pieces() {
        for (const sign of text) yield sign
      }
      expect(await collected(csvRows(pieces()))).toEqual(rows)
    }),
  )
})
