import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importFile } from '../../src/admin/imports/import-file.ts'
import { spool } from '../../src/admin/imports/spool.ts'
import { faultsOf, listOperations, type OpenApi } from '../contract/openapi.ts'
import { bearer, temporaryFolder } from '../harness.ts'
import { bytesOf, collected } from '../import/run.ts'
import { type Browser, type ConsoleServer, fromPage, openConsole, password, stores } from './console.ts'

const path = '/api/admin/imports/'
const asFile = { 'content-type': 'application/octet-stream' }
const hash = `pbkdf2_sha256$260000$salt$${'A'.repeat(43)}=`
const weak = `md5$salt$${'0'.repeat(32)}`

const lines = (...rows: object[]) => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
const digestOf = (file: Buffer) => `sha-256=:${createHash('sha256').update(file).digest('base64')}:`

/** So many users, whose ids and names begin so. */
const crowd = (prefix: string, count: number, more: object = {}) =>
  Array.from({ length: count }, (_, at) => ({ id: `${prefix}${at}`, username: `${prefix}-${at}`, ...more }))

async function send(browser: Browser, file: Buffer, query = '', headers: Record<string, string> = {}) {
  return browser.request('POST', `${path}?${query}`, file, { ...asFile, ...headers })
}

/** In earnest. */
const inEarnest = (browser: Browser, file: Buffer, query = '') =>
  send(browser, file, `dry_run=false&${query}`, { 'content-digest': digestOf(file) })

describe.each(stores)('imports, on %s', (kind) => {
  let server: ConsoleServer
  let owner: Browser
  let ownerId: string
  beforeAll(async () => {
    server = await openConsole(kind)
    const { id, username } = await server.person('owner')
    ownerId = id
    owner = await server.signIn(username)
  })
  afterAll(() => server.close())
  const find = (id: string) => server.deployment.store.findUserById(id)

  const file = lines(
    { id: 'a1', username: 'ann', email: 'ann@example.com', password_hash: hash, is_staff: true },
    { id: 'a2', username: 'ben', password_hash: weak, is_superuser: true },
    { id: 'a3', username: 'ANN', password_hash: null },
    { id: 'a4', username: 'dot', password_hash: `${hash}secret`, colour: 'red' },
    { id: 'a5', username: 'eve', password_hash: null },
  )
  const report = {
    format: 'countersign',
    content_digest: digestOf(file),
    rows: 5,
    counts: { created: 2, refused: 3, taken: 1, weak_hash: 1, invalid: 1, password_none: 1 },
    hashes: [
      { format: 'pbkdf2_sha256', state: 'older', count: 1 },
      { format: 'md5', state: 'refused', count: 1 },
      { format: 'unusable', state: 'unusable', count: 2 },
    ],
    staff: 1,
    superusers: 1,
    examples: [
      { id: 'a1', username: 'ann' },
      { id: 'a5', username: 'eve' },
    ],
    refusals: [
      { row: 2, username: 'ben', reason: 'weak_hash', detail: 'password_hash: md5 is guessed quickly' },
      { row: 3, username: 'ANN', reason: 'taken', detail: 'the name is that of user a1' },
      { row: 4, username: null, reason: 'invalid', detail: 'colour: there is no such member' },
    ],
  }

  test('a dry run tells what would be and writes nothing; then the same file is imported, once', async () => {
    const dry = await send(owner, file)
    expect([dry.status, dry.json()]).toEqual([200, { dry_run: true, ...report }])
    expect(await find('a1')).toBeUndefined()
    const done = await inEarnest(owner, file)
    expect([done.status, done.json()]).toEqual([200, { dry_run: false, ...report }])
    expect(await find('a1')).toMatchObject({ username: 'ann', password_hash: hash, admin_role: null })
    const again = (await inEarnest(owner, file)).json()
    expect(again).toMatchObject({ counts: { unchanged: 2, refused: 3 }, examples: [] })
  })

  test('F26: who did it is in the trail with what was counted, and no hash is in an answer or an event', async () => {
    await server.deployment.trail.flush()
    const { items } = (await owner.get('/api/admin/audit/?event=users.imported')).json()
    expect(items).toHaveLength(2)
    expect(items.at(-1)).toMatchObject({
      actor: ownerId,
      details: { reason: 'countersign', count: 2, counts: report.counts },
    })
    const told = JSON.stringify([items, server.events, (await send(owner, file)).json()])
    for (const secret of [hash, weak, 'A'.repeat(9), '0'.repeat(9), `${hash}secret`])
      expect(told).not.toContain(secret)
  })

  test('only what was examined is imported', async () => {
    const one = lines({ id: 'b1', username: 'bea' })
    const none = await send(owner, one, 'dry_run=false')
    expect([none.status, none.json().code]).toEqual([428, 'precondition_required'])
    const other = await send(owner, one, 'dry_run=false', { 'content-digest': digestOf(file) })
    expect([other.status, other.json().code]).toEqual([412, 'precondition_failed'])
    expect(await find('b1')).toBeUndefined()
    const listed = { 'content-digest': `sha-512=:abc:, ${digestOf(one)}` }
    expect((await send(owner, one, 'dry_run=false', listed)).json().counts).toMatchObject({ created: 1 })
  })

  test('wishes: wrapped hashes, addresses without a claim, and who is there takes what the file says', async () => {
    const mine = { id: 'c1', username: 'cat', email: 'cat@example.com', password_hash: weak }
    const same = { id: 'c2', username: 'carl', email: 'CAT@example.com' }
    const first = (await inEarnest(owner, lines(mine, same), 'weak=wrap&taken_emails=unclaimed')).json()
    expect(first.counts).toMatchObject({ created: 2, password_wrapped: 1, email_unclaimed: 1 })
    expect((await find('c1'))?.password_hash).toMatch(/^wrapped\$/)
    const changed = lines({ ...same, email: '', username: 'charles' })
    expect((await inEarnest(owner, changed)).json().counts).toEqual({ differs: 1, password_none: 1 })
    expect((await inEarnest(owner, changed, 'existing=update')).json().counts).toMatchObject({ updated: 1 })
    expect((await find('c2'))?.username).toBe('charles')
  })

  test('F25: whoever has a role in the console is never changed, and nobody gets one', async () => {
    const me = await find(ownerId)
    const mine = { id: ownerId, username: me?.username, is_active: false, password_hash: hash }
    const role = { id: 'd1', username: 'dan', admin_role: 'owner' }
    const done = await inEarnest(owner, lines(mine, role), 'existing=update')
    expect(done.json()).toMatchObject({
      counts: { refused: 2, invalid: 2 },
      refusals: [
        { row: 1, detail: 'he has a role in the console, and is changed there' },
        { row: 2, detail: 'admin_role: there is no such member' },
      ],
    })
    expect(await find(ownerId)).toEqual(me)
    const flags = lines({ id: 'd2', username: 'dora', is_superuser: true })
    await inEarnest(owner, flags)
    expect(await find('d2')).toMatchObject({ is_superuser: 1, admin_role: null })
  })

  test('rows of another system, with columns named in the first line', async () => {
    const csv = Buffer.from('id,email,encrypted_password\n42,"f@example.com",\n43,g@example.com\n')
    expect((await send(owner, csv, 'source=devise')).json()).toMatchObject({
      ...{ format: 'devise', rows: 2, examples: [{ id: '42', username: 'f@example.com' }] },
      refusals: [{ row: 3, username: null, reason: 'invalid', detail: 'it cannot be read' }],
    })
  })

  test('sessions of a file come along where they are wanted', async () => {
    const at = (ms: number) => new Date(server.clock() + ms).toISOString()
    const session = {
      ...{ id: '0197a000-0000-7000-8000-000000000001', generation: 0, created_at: at(0), rotated_at: at(0) },
      ...{ expires_at: at(3_600_000), ends_at: at(7_200_000) },
    }
    const one = lines({ id: 's1', username: 'sam', sessions: [session] })
    expect((await send(owner, one)).json().counts.sessions_created).toBeUndefined()
    expect((await inEarnest(owner, one, 'sessions=with')).json().counts).toMatchObject({
      sessions_created: 1,
    })
  })

  test('the answer is what the description says', async () => {
    const document = (await server.get('/api/admin/openapi.json')).json() as OpenApi
    const [, operation] = listOperations(document).find(([name]) => name === `POST ${path}`) ?? []
    const schema = operation?.responses['200']?.content?.['application/json']?.schema
    expect(faultsOf(schema ?? {}, (await send(owner, file)).json())).toEqual([])
    expect(Object.keys(operation?.requestBody?.content ?? {})).toEqual(['application/octet-stream'])
  })

  const sealed = Buffer.from('countersign-sealed/1 {"to":"passphrase"}\n')
  const [salt, passwordHash, signerKey] = [16, 64, 64].map((size) =>
    Buffer.alloc(size, size).toString('base64'),
  )
  const firebase = Buffer.from(JSON.stringify({ users: [{ localId: '1', passwordHash, salt }] }))
  test.each([
    ['a format that there is not', 'source=ldap', file, 400, 'invalid'],
    ['a word that there is not', 'weak=maybe', file, 400, 'invalid'],
    ['a file of another format', 'source=keycloak', file, 400, 'invalid'],
    ['one that is cut off inside quotes', 'source=devise', Buffer.from('id,"na'), 400, 'invalid'],
    ['one that is sealed', '', sealed, 400, 'invalid'],
    ['hashes of Firebase without what they were made with', 'source=firebase', firebase, 400, 'invalid'],
  ])('%s is refused', async (_, query, body, status, code) => {
    const answer = await inEarnest(owner, body, query)
    expect([answer.status, answer.json().code]).toEqual([status, code])
  })

  test('the hash parameters of Firebase come in a header', async () => {
    const parameters = `base64_signer_key: ${signerKey}, base64_salt_separator: Bw==, rounds: 8, mem_cost: 14,`
    const header = { 'firebase-hash-config': parameters }
    const { hashes } = (await send(owner, firebase, 'source=firebase', header)).json()
    expect(hashes).toMatchObject([{ format: expect.stringContaining('fire'), count: 1 }])
    expect((await send(owner, firebase, '', { 'firebase-hash-config': 'rounds: 8' })).status).toBe(400)
  })

  test('an empty file has nobody in it', async () => {
    expect((await send(owner, Buffer.from(''))).json()).toMatchObject({ rows: 0, counts: {} })
    expect((await owner.request('POST', path, undefined, asFile)).json()).toMatchObject({ rows: 0 })
  })

  test('the password is asked for again, and another site’s page is refused', async () => {
    const browser = await server.signIn((await server.person('owner')).username)
    browser.jar.delete('countersign-console-proof')
    expect((await send(browser, file)).json().code).toBe('reauthentication_required')
    await browser.post('/api/admin/session/proof/', { password })
    expect((await send(browser, file)).status).toBe(200)
    const foreign = await send(browser, file, '', { 'sec-fetch-site': 'cross-site' })
    expect(foreign.json().code).toBe('cross_site')
  })

  test('everybody is served while ten thousand are imported, in a format that is read as one piece', async () => {
    const address = await server.listen()
    const { access } = await server.session('bystander')
    const users = crowd('many', 10_000).map(({ id, username }) => ({ _id: id, username }))
    const big = Buffer.from(JSON.stringify(users))
    const cookie = [...owner.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...fromPage, ...asFile, cookie, 'content-digest': digestOf(big) }
    let isOver = false
    const done = fetch(`${address}${path}?source=auth0&dry_run=false`, { method: 'POST', body: big, headers })
    void done.finally(() => {
      isOver = true
    })
    let answered = 0
    while (!isOver) {
      expect((await fetch(`${address}/api/protected/`, { headers: bearer(access) })).status).toBe(200)
      answered += 1
      await setTimeout(5)
    }
    expect(await (await done).json()).toMatchObject({ counts: { created: 10_000 } })
    expect(answered).toBeGreaterThan(5)
  })
})

describe('the file of an import', () => {
  let server: ConsoleServer
  let owner: Browser
  let address: string
  const before = process.env.TMPDIR
  const folder = join(temporaryFolder(), 'imports')
  beforeAll(async () => {
    mkdirSync(folder)
    process.env.TMPDIR = folder
    server = await openConsole('SQLite')
    owner = await server.signIn((await server.person('owner')).username)
    address = await server.listen()
  })
  afterAll(async () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    await server.close()
  })

  /** An import over a socket, whose body is still on its way. */
  function begin(length?: number) {
    const cookie = [...owner.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const more = length === undefined ? {} : { 'content-length': String(length) }
    const headers = { ...fromPage, ...asFile, ...more, cookie }
    const request = httpRequest(`${address}${path}`, { method: 'POST', headers })
    const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
      request.once('error', reject)
      request.once('response', async (response) => {
        const parts = await collected<Buffer>(response)
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() })
      })
    })
    answered.catch(() => undefined)
    return { request, answered }
  }

  /** Begins an import that waits for the rest of its file. Whatever overtakes it is over at once. */
  async function occupy() {
    for (let waitMs = 20; ; waitMs *= 2) {
      const { request } = begin()
      request.write('{"id":"1",')
      await setTimeout(waitMs)
      if ((await send(owner, Buffer.from(''))).status === 409) return request
      request.destroy()
    }
  }

  test('one import runs at a time; one whose client goes makes room for the next, and leaves no file', async () => {
    const request = await occupy()
    expect(readdirSync(folder)).toEqual([])
    request.destroy()
    await expect.poll(async () => (await send(owner, Buffer.from(''))).status).toBe(200)
    expect(readdirSync(folder)).toEqual([])
  })

  test('H03: one that is too large is refused by its length before it comes, and without a length as it passes the bound', async () => {
    const { request, answered } = begin(33_554_433)
    request.flushHeaders()
    const { status, text } = await answered
    expect([status, JSON.parse(text).detail]).toEqual([
      413,
      'The file is larger than 32 MiB: countersign import users takes any size.',
    ])
    const endless = begin()
    for (let sent = 0; sent < 32; sent += 1) endless.request.write(Buffer.alloc(1_048_576))
    endless.request.end('1')
    expect((await endless.answered).status).toBe(413)
    const place = { folder, most: 10 }
    await expect(spool(bytesOf('12345678901', 4), place)).rejects.toMatchObject({ code: 'body_too_large' })
    const kept = await spool(bytesOf('1234567890', 4), place)
    const read = async () => Buffer.concat(await collected(kept.read())).toString()
    expect([await read(), await read(), readdirSync(folder)]).toEqual(['1234567890', '1234567890', []])
    await kept.close()
  })

  test('others have their turn while it is read as well, before any row is stored', async () => {
    const rows = Buffer.from(JSON.stringify(crowd('turn', 5_000)))
    const file = await spool(bytesOf(rows.toString(), rows.length), { folder, most: rows.length })
    const { store } = server.deployment
    let turns = 0
    let isOver = false
    const take = () => {
      turns += 1
      if (!isOver) setImmediate(take)
    }
    take()
    const before: number[] = []
    const watched = {
      ...store,
      findAlike: (...given: Parameters<typeof store.findAlike>) => {
        before.push(turns)
        return store.findAlike(...given)
      },
    }
    const wishes = {
      ...({ isDry: false, format: 'auth0', hashing: undefined, existing: 'keep', weak: 'refuse' } as const),
      ...({ takenEmails: 'refuse', sessions: 'without' } as const),
    }
    const { signal } = new AbortController()
    const run = { tally: {}, signal }
    expect(await importFile({ ...server.deployment, store: watched }, file, wishes, run)).toMatchObject({
      rows: 5_000,
    })
    isOver = true
    await file.close()
    expect(before[0]).toBeGreaterThan(40)
  })

  test('a folder that takes no file is told as ours to mend', async () => {
    const place = { folder: join(folder, 'missing'), most: 10 }
    await expect(spool(bytesOf('1'), place)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('H07: no other route takes a file, and this one takes nothing else', async () => {
    const other = await owner.request('POST', '/api/admin/mail/test/', Buffer.from('{}'), asFile)
    expect(other.status).toBe(415)
    const login = await server.request('POST', '/api/login/', { body: Buffer.from('{}'), headers: asFile })
    expect(login.status).toBe(415)
    const large = Buffer.alloc(70_000, 'x')
    expect((await server.request('POST', '/api/login/', { body: large, headers: asFile })).status).toBe(413)
    expect((await owner.request('POST', path, Buffer.from('{}'))).status).toBe(415)
    expect((await owner.request('OPTIONS', path)).json().parses).toEqual(['application/octet-stream'])
    for (const type of ['application/json', 'text/plain', 'multipart/form-data'])
      expect((await send(owner, Buffer.from('{}'), '', { 'content-type': type })).status, type).toBe(415)
  })

  test('a client that goes away half-way: what was stored stays, and the same file goes on', async () => {
    const users = crowd('half', 400, { password_hash: weak })
    const big = Buffer.concat([
      lines(...users.slice(0, 200)),
      lines(...crowd('plain', 500)),
      lines(...users.slice(200)),
    ])
    const cookie = [...owner.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const leaving = new AbortController()
    const gone = fetch(`${address}${path}?dry_run=false&weak=wrap`, {
      ...{ method: 'POST', body: big, signal: leaving.signal },
      headers: { ...fromPage, ...asFile, cookie, 'content-digest': digestOf(big) },
    })
    await expect.poll(() => server.deployment.store.findUserById('half0'), { timeout: 30_000 }).toBeDefined()
    leaving.abort()
    await expect(gone).rejects.toThrow()
    const again = async () => inEarnest(owner, big, 'weak=wrap')
    await expect.poll(async () => (await again()).status, { timeout: 30_000 }).toBe(200)
    expect((await again()).json().counts).toEqual({ unchanged: 900, password_none: 500 })
    const counted = server.events.filter(({ event }) => event === 'users.imported')
    const created = counted.map(({ fields }) => fields.count ?? 0)
    expect(created.reduce((sum, one) => sum + one, 0)).toBe(900)
  })
})
