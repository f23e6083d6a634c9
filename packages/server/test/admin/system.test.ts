import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Doctor, DoctorCheck, System } from '../../src/admin/answers.ts'
import { migrations } from '../../src/store/migrate.ts'
import { temporaryFolder } from '../harness.ts'
import { type Browser, type ConsoleServer, openConsole, stores } from './console.ts'

const at = '/api/admin/system/'

describe.each(stores)('the system, on %s', (kind) => {
  let server: ConsoleServer
  let owner: Browser
  beforeAll(async () => {
    const data = temporaryFolder()
    const env = kind === 'SQLite' ? { DATABASE_URL: `sqlite:${join(data, 'auth.db')}` } : {}
    server = await openConsole(kind, { env: { COUNTERSIGN_DATA: data, ...env } })
    owner = await server.signIn((await server.person('owner')).username)
  })
  afterAll(() => server.close())

  const find = async (): Promise<DoctorCheck[]> => ((await owner.get(`${at}doctor/`)).json() as Doctor).items
  const of = (items: readonly DoctorCheck[], name: string) => items.filter((one) => one.name === name)

  test('tells process, database and migrations', async () => {
    const told = (await owner.get(at)).json() as System
    expect(told).toMatchObject({
      ...{ node: process.version, platform: `${process.platform} ${process.arch}` },
      process: { pid: process.pid, workers: 1 },
      database: { kind: kind === 'SQLite' ? 'sqlite' : 'postgres' },
      applied_migrations: migrations.map(({ id }) => id),
      pending_migrations: [],
    })
    expect(told.database.size_bytes).toBeGreaterThan(10_000)
    expect(told.process.memory_bytes).toBeGreaterThan(told.process.heap_bytes)
    if (kind === 'PostgreSQL') expect(told.database.server).toMatch(/^PostgreSQL \d/)
  })

  test('the doctor tells what is good, what could be better, and what to do about it', async () => {
    const items = await find()
    const names = new Set(items.map(({ name }) => name))
    for (const name of ['settings', 'clock', 'database', 'migrations', 'keys', 'console', 'mail', 'disk'])
      expect(names, name).toContain(name)
    expect(of(items, 'keys')).toEqual([
      { name: 'keys', state: 'ok', what: '2 open with the secret and sign', mend: null },
    ])
    expect(of(items, 'mail')).toMatchObject([{ state: 'warning', mend: 'set SMTP_URL and MAIL_FROM' }])
    expect(of(items, 'settings')[0]).toMatchObject({
      state: 'warning',
      mend: expect.stringMatching(/^Set it/),
    })
    expect(of(items, 'console')).toMatchObject([{ state: 'ok' }])
  })

  test('what holds requests up is left to the command line: no hash is measured, no file read', async () => {
    const items = await find()
    expect(of(items, 'hashing')).toEqual([])
    if (kind === 'SQLite') expect(of(items, 'database')).toMatchObject([{ what: 'answers' }])
  })

  test('a database that is older than the program is a problem, and what mends it is said', async () => {
    const health = async () => ({ pendingMigrations: ['0999-later'], isWritable: true })
    const before = server.deployment.store.health
    server.deployment.store.health = health
    try {
      expect(of(await find(), 'migrations')).toEqual([
        { name: 'migrations', state: 'problem', what: 'lacks 0999-later', mend: 'countersign migrate' },
      ])
      expect((await owner.get(at)).json()).toMatchObject({ pending_migrations: ['0999-later'] })
    } finally {
      server.deployment.store.health = before
    }
  })

  test('H21: shows neither secret nor token nor password', async () => {
    const { text } = await owner.get(`${at}doctor/`)
    expect(text).not.toContain(server.config.secrets[0])
    expect(text).not.toMatch(/eyJ|:\/\/[^\s/@]+:[^\s/@]+@/)
  })
})

test('who asks at the same time gets one examination: the mail server is greeted once', async () => {
  let greeted = 0
  const silent = createServer((socket) => {
    greeted += 1
    setTimeout(() => socket.end('421 away\r\n'), 300)
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  const env = { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'a@example.com' }
  const server = await openConsole('SQLite', { env })
  const owner = await server.signIn((await server.person('owner')).username)
  const ask = async () => ((await owner.get(`${at}doctor/`)).json() as Doctor).items
  const [one, two] = await Promise.all([ask(), ask()])
  expect(one.filter(({ name }) => name === 'mail')).toMatchObject([
    { state: 'problem', what: expect.stringContaining('does not take our mail') },
  ])
  expect(two).toEqual(one)
  expect(greeted).toBe(1)
  await ask()
  expect(greeted).toBe(2)
  await server.close()
  await new Promise((resolve) => silent.close(resolve))
})

test('others who can read the data folder are a problem', async () => {
  const data = join(temporaryFolder(), 'open')
  mkdirSync(data, { mode: 0o755 })
  const env = { COUNTERSIGN_DATA: data, DATABASE_URL: `sqlite:${join(data, 'auth.db')}` }
  const server = await openConsole('SQLite', { env })
  const owner = await server.signIn((await server.person('owner')).username)
  const { items } = (await owner.get(`${at}doctor/`)).json() as Doctor
  expect(items).toContainEqual({
    ...{ name: 'data folder', state: 'warning', what: `others can look into ${data}` },
    mend: `chmod 700 ${data}`,
  })
  await server.close()
})

test.each([
  ['1', {}, '127.0.0.1', 'direct'],
  ['1', { 'x-forwarded-for': '203.0.113.9' }, '203.0.113.9', 'believed'],
  ['1', { 'x-forwarded-for': '127.0.0.1' }, '127.0.0.1', 'believed'],
  ['10.0.0.0/8', { 'x-forwarded-for': '203.0.113.9' }, '127.0.0.1', 'not_believed'],
])('the settings, with %s trusted and %j: one is at %s, %s', async (trust, headers, address, verdict) => {
  const server = await openConsole('SQLite', { env: { COUNTERSIGN_TRUST_PROXY: trust } })
  const { get } = await server.signIn((await server.person('owner')).username)
  const { you } = (await get('/api/admin/settings/', headers)).json()
  expect(you).toMatchObject({ address, peer: '127.0.0.1', verdict, trust_proxy: trust })
  await server.close()
})
