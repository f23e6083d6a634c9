import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKeyRow } from '../../src/store/schema.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { unseal } from '../../src/tokens/secrets.ts'
import { bearer, spawnServer, type TokenPair, temporaryFolder, testSecret } from '../harness.ts'
import { openClient } from '../races/http-client.ts'

const users = 30

interface Places {
  logs: string
  files: Record<string, Buffer>
}

/** Whatever must be found nowhere, by what it is. */
const passwords: string[] = []
const tokens = new Set<string>()
const emails: string[] = []
let keys: SigningKeyRow[] = []
const places: Places = { logs: '', files: {} }

/** The longest texts that a token consists of; its header is the same for all and tells nothing. */
function partsOf(token: string): string[] {
  return [token, ...token.split('.').slice(1)].filter((part) => part.length > 20)
}

beforeAll(async () => {
  const data = temporaryFolder()
  const file = join(data, 'countersign.db')
  const server = await spawnServer({ data, env: { LOG_LEVEL: 'debug' } })
  const client = openClient(server.address)
  const remember = (pair: TokenPair): TokenPair => {
    tokens.add(pair.access).add(pair.refresh)
    return pair
  }
  async function live(at: number): Promise<void> {
    const username = `user${at}`
    const secret = { password: `Zebra-${at}-quagga-okapi`, wrong: `Wrong-${at}-dingo-numbat` }
    const email = `Mail.Box${at}@Example.com`
    passwords.push(secret.password, secret.wrong)
    emails.push(email, email.toLowerCase())
    await client.post('/api/register/', { username, email, password: secret.password })
    await client.post('/api/register/', { username, email, password: secret.wrong })
    await client.post('/api/login/', { username, password: secret.wrong })
    await client.post('/api/login/', { username: email, password: secret.password })
    await client.post('/api/login/', { username: 'nobody', password: secret.wrong })
    const login = await client.post('/api/login/', { username, password: secret.password })
    const first = remember(login.json())
    const second = remember((await client.refresh(first, `Idempotency-${at}-of-some-length`)).json())
    remember((await client.refresh(first)).json())
    await client.access(second)
    await client.get('/api/dashboard/', bearer(second.access))
    await client.refresh({ refresh: second.access })
    await client.access({ access: second.refresh })
    await client.get(`/api/protected/?access=${second.access}`, bearer(`${second.access}x`))
    await client.post('/api/login/', { username: secret.wrong, password: { not: secret.wrong } })
    const third = remember((await client.refresh(second)).json())
    await client.refresh(first)
    await client.logout(third)
    await client.refresh(third)
    await client.access(third)
    await client.post('/api/logout/', { refresh: `${third.refresh}x` })
  }
  for (let at = 0; at < users; at += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, more) => live(at + more)))
  }
  for (const suffix of ['', '-wal']) places.files[`running${suffix}`] = readFileSync(`${file}${suffix}`)
  client.close()
  await server.stop()
  places.files.stopped = readFileSync(file)
  places.logs = [...server.logs, ...server.talk].join('\n')
  const store = await openSqliteStore({ file, now: Date.now() })
  keys = await store.listKeys()
  await store.close()
})

afterAll(() => {
  console.log(
    `${tokens.size} tokens, ${passwords.length} passwords; ${places.logs.split('\n').length} log lines, ` +
      `${Object.values(places.files).reduce((sum, bytes) => sum + bytes.length, 0)} bytes of files searched`,
  )
})

function expectNowhere(secret: string | Buffer, where: Places = places): void {
  for (const [name, bytes] of Object.entries(where.files)) {
    if (bytes.includes(secret)) throw new Error(`${name} holds ${String(secret).slice(0, 60)}`)
  }
  if (where.logs.includes(secret.toString()))
    throw new Error(`a log line holds ${String(secret).slice(0, 60)}`)
}

test('the search finds what is there: the run happened, and was written down', () => {
  expect(tokens.size).toBeGreaterThanOrEqual(users * 6)
  const all = Buffer.concat(Object.values(places.files))
  for (const text of ['user7', 'mail.box7@example.com', '$argon2id$', keys[0]?.kid ?? '?']) {
    expect(all.includes(text), text).toBe(true)
  }
  expect(places.files['running-wal']?.length).toBeGreaterThan(0)
  for (const event of [
    'auth.refresh.rotated',
    'auth.refresh.reuse_detected',
    'auth.login.failed',
    'http.request',
  ]) {
    expect(places.logs).toContain(event)
  }
})

test('no password is in the database, its -wal or the log', () => {
  for (const password of passwords) expectNowhere(password)
})

test('no token, and no part of one, is in the database, its -wal or the log', () => {
  for (const token of tokens) for (const part of partsOf(token)) expectNowhere(part)
})

test('no idempotency key is there in the clear', () => {
  for (let at = 0; at < users; at += 1) expectNowhere(`Idempotency-${at}-of-some-length`)
})

test('no e-mail address is in the log', () => {
  for (const email of emails) expectNowhere(email, { files: {}, logs: places.logs })
})

test('no private key is in the database in the clear, and the master secret is nowhere', () => {
  const held = keys.filter((row) => row.private_sealed !== null)
  expect(held).toHaveLength(2)
  for (const { private_sealed, kid } of held) {
    const place = { purpose: 'signing-key', label: kid } as const
    const plain = unseal(private_sealed ?? Buffer.alloc(0), [testSecret], place)?.plain
    if (!plain) throw new Error('the key does not open')
    const key = createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' })
    const scalar = String(key.export({ format: 'jwk' }).d)
    expectNowhere(plain)
    expectNowhere(plain.toString('base64'))
    expectNowhere(plain.toString('hex'))
    expectNowhere(scalar)
    expectNowhere(Buffer.from(scalar, 'base64url'))
  }
  expectNowhere(testSecret)
})
