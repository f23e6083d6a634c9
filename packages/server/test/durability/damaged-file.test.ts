import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { bearer, openTestServer, spawnServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { damagePage } from '../store/damage-page.ts'

const password = 'correct horse battery'

/** The bytes of a closed database with a user and a session in it, and the session's tokens. */
async function sample(): Promise<{ bytes: Buffer; pair: TokenPair }> {
  const file = join(temporaryFolder(), 'store.db')
  const server = await openTestServer({ env: { DATABASE_URL: `sqlite:${file}` } })
  const pair = await server.session('alice', password)
  await server.close()
  return { bytes: readFileSync(file), pair }
}

let made: Awaited<ReturnType<typeof sample>>
beforeAll(async () => {
  made = await sample()
})

/** A copy of it in a data folder of its own. */
function copied(): { data: string; file: string } {
  const data = temporaryFolder()
  const file = join(data, 'countersign.db')
  writeFileSync(file, made.bytes, { mode: 0o600 })
  return { data, file }
}

describe('a start on what is no database stops with a sentence that names the file', () => {
  const cases: { name: string; damage: (file: string) => void; told: RegExp }[] = [
    {
      name: 'bytes of another kind',
      damage: (file) => writeFileSync(file, Buffer.alloc(8192, 0xa5)),
      told: /countersign\.db: SQLITE_NOTADB/,
    },
    {
      name: 'a file cut off in the middle',
      damage: (file) => truncateSync(file, 5000),
      told: /SQLITE_CORRUPT|SQLITE_NOTADB|SQLITE_IOERR/,
    },
    {
      name: 'a history overwritten',
      damage: (file) => damagePage(file, 'sqlite_autoindex_migrations_1'),
      told: /SQLITE_CORRUPT/,
    },
    { name: 'keys overwritten', damage: (file) => damagePage(file, 'signing_keys'), told: /SQLITE_CORRUPT/ },
  ]
  test.each(cases)('$name', async ({ damage, told }) => {
    const { data, file } = copied()
    damage(file)
    const failure = await spawnServer({ data }).catch((thrown: Error) => thrown.message)
    expect(failure).toMatch(/^the server ended with 1:/)
    expect(failure).toMatch(told)
    expect(failure).not.toMatch(/^ +at /m)
  })

  test('a folder in its place', async () => {
    const data = temporaryFolder()
    mkdirSync(join(data, 'countersign.db'))
    const failure = await spawnServer({ data }).catch((thrown: Error) => thrown.message)
    expect(failure).toMatch(/ended with 1:.*countersign\.db: SQLITE_CANTOPEN/s)
  })

  test('a data folder that cannot be made', async () => {
    const file = join(temporaryFolder(), 'a file')
    writeFileSync(file, '')
    const failure = await spawnServer({ data: join(file, 'data') }).catch((thrown: Error) => thrown.message)
    expect(failure).toMatch(/ended with 1:.*ENOTDIR/s)
    expect(failure).not.toMatch(/^ +at /m)
  })
})

describe('a page that is damaged under a running server', () => {
  async function serveOn(file: string) {
    const server = await openTestServer({ env: { DATABASE_URL: `sqlite:${file}` } })
    return { ...server, protected: (access: string) => server.get('/api/protected/', bearer(access)) }
  }

  test('of the sessions: the start stops, rather than forget what was revoked', async () => {
    const { file } = copied()
    damagePage(file, 'sessions_revoked')
    await expect(serveOn(file)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('of the session rows: refresh and logout answer 503, never a guess; verification goes on', async () => {
    const { file } = copied()
    damagePage(file, 'sessions')
    const server = await serveOn(file)
    const { refresh, access } = made.pair
    expect((await server.post('/api/token/refresh/', { refresh })).status).toBe(503)
    expect((await server.post('/api/logout/', { refresh })).status).toBe(503)
    expect((await server.post('/api/login/', { username: 'alice', password })).status).toBe(503)
    expect((await server.protected(access)).status).toBe(200)
    await server.close()
  })

  test('of the users: login answers 503, not that the user is unknown', async () => {
    const { file } = copied()
    damagePage(file, 'sqlite_autoindex_users_2')
    damagePage(file, 'users')
    const server = await serveOn(file)
    expect((await server.post('/api/login/', { username: 'alice', password })).status).toBe(503)
    const register = { username: 'bob', email: 'bob@example.com', password }
    expect((await server.post('/api/register/', register)).status).toBe(503)
    expect((await server.protected(made.pair.access)).status).toBe(200)
    await server.close()
  })
})
