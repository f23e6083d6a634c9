import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { maintainKeys, revokeKey, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { secretId } from '../../src/tokens/secrets.ts'
import {
  bearer,
  handClock,
  openTestServer,
  type TestServer,
  temporaryFolder,
  testSecret,
} from '../harness.ts'
import { decode, openWorkshop, partsOf } from './workshop.ts'

const newer = 'another secret for tests of 32 or more characters'
const publishedMs = 360_000

const running = new Set<TestServer>()
afterEach(async () => {
  for (const server of running) await server.close()
  running.clear()
})

/** One deployment on a file, which is closed and opened again as often as a test likes, on one clock. */
function deployment() {
  const file = join(temporaryFolder(), 'countersign.db')
  const clock = handClock()
  return {
    file,
    clock,
    async start(env: Record<string, string> = {}): Promise<TestServer> {
      const server = await openTestServer({ clock, env: { DATABASE_URL: `sqlite:${file}`, ...env } })
      running.add(server)
      return server
    },
    async stop(server: TestServer): Promise<void> {
      running.delete(server)
      await server.close()
    },
  }
}

async function greets(server: TestServer, access: string): Promise<boolean> {
  return (await server.get('/api/protected/', bearer(access))).status === 200
}

async function shownKids(server: TestServer): Promise<string[]> {
  const { keys } = (await server.get('/.well-known/jwks.json')).json() as { keys: { kid: string }[] }
  return keys.map(({ kid }) => kid)
}

function headerOf(token: string) {
  return decode(partsOf(token).header) as { alg: string; kid: string; typ: string }
}

const maintain = ({ deployment: { keyDeps, clock } }: TestServer) => maintainKeys(keyDeps, clock())

describe('a restart', () => {
  test('T18: keeps the keys, and with them the tokens', async () => {
    const site = deployment()
    const first = await site.start()
    const { access, refresh } = await first.session()
    const kids = await shownKids(first)
    await site.stop(first)
    const second = await site.start()
    expect(await shownKids(second)).toEqual(kids)
    expect(await greets(second, access)).toBe(true)
    expect((await second.post('/api/token/refresh/', { refresh })).status).toBe(200)
  })

  test('T18: in the middle of a rotation: old tokens live out their time, and then their key is gone', async () => {
    const site = deployment()
    const first = await site.start()
    site.clock.advance(publishedMs)
    const { access } = await first.session()
    const { keyDeps } = first.deployment
    expect(await rotateKeys(keyDeps, site.clock())).toBe('rotated')
    await site.stop(first)
    const second = await site.start()
    expect(await shownKids(second)).toContain(headerOf(access).kid)
    site.clock.advance(899_000)
    expect(await greets(second, access)).toBe(true)
    site.clock.advance(1_000)
    expect(await greets(second, access)).toBe(false)
    await site.stop(second)
    site.clock.advance(60_000)
    const third = await site.start()
    expect(await shownKids(third)).not.toContain(headerOf(access).kid)
    expect(await shownKids(third)).toHaveLength(2)
  })

  test('a revoked key stays revoked', async () => {
    const site = deployment()
    const first = await site.start()
    const { access } = await first.session()
    await revokeKey(first.deployment.keyDeps, headerOf(access).kid, site.clock())
    await site.stop(first)
    const second = await site.start()
    expect(await greets(second, access)).toBe(false)
    expect(await shownKids(second)).not.toContain(headerOf(access).kid)
  })

  test.skipIf(process.platform === 'win32')(
    'T19: the file with the keys is for its owner alone',
    async () => {
      const site = deployment()
      await site.start()
      expect(statSync(site.file).mode & 0o777).toBe(0o600)
      expect(statSync(`${site.file}-wal`).mode & 0o777).toBe(0o600)
    },
  )
})

describe('another algorithm', () => {
  test('ES256, EdDSA, RS256: each takes over by rotation, and no token dies of it', async () => {
    const site = deployment()
    const alive: string[] = []
    let server = await site.start()
    alive.push((await server.session()).access)
    expect(headerOf(alive[0] ?? '').alg).toBe('ES256')
    for (const algorithm of ['EdDSA', 'RS256']) {
      await site.stop(server)
      server = await site.start({ COUNTERSIGN_SIGNING_ALG: algorithm })
      const before = (await server.session()).access
      expect(headerOf(before).alg, 'not before the new key is known').not.toBe(algorithm)
      site.clock.advance(publishedMs)
      await maintain(server)
      const after = (await server.session()).access
      expect(headerOf(after).alg).toBe(algorithm)
      alive.push(before, after)
      for (const token of alive) expect(await greets(server, token), headerOf(token).alg).toBe(true)
      for (const token of alive) expect(await shownKids(server)).toContain(headerOf(token).kid)
    }
  })
})

describe('another master secret', () => {
  const both = { COUNTERSIGN_SECRET: `${newer},${testSecret}` }
  const onlyNew = { COUNTERSIGN_SECRET: newer }

  test('`new,old`: nobody is logged out, and new tokens are made under the new one', async () => {
    const site = deployment()
    const first = await site.start()
    const { access, refresh } = await first.session()
    await site.stop(first)
    const second = await site.start(both)
    expect(await greets(second, access)).toBe(true)
    const answer = await second.post('/api/token/refresh/', { refresh })
    expect(answer.status).toBe(200)
    expect(headerOf(refresh).kid).toBe(secretId(testSecret))
    expect(headerOf(answer.json().refresh).kid).toBe(secretId(newer))
  })

  test('then `new` alone: the keys were sealed anew, and what was refreshed meanwhile lives on', async () => {
    const site = deployment()
    const first = await site.start()
    const idle = await first.session('idle')
    const busy = await first.session('busy')
    await site.stop(first)
    const second = await site.start(both)
    const renewed = (
      await second.post('/api/token/refresh/', { refresh: busy.refresh })
    ).json() as typeof busy
    await site.stop(second)
    const third = await site.start(onlyNew)
    expect(await greets(third, busy.access)).toBe(true)
    expect((await third.post('/api/token/refresh/', { refresh: renewed.refresh })).status).toBe(200)
    expect((await third.post('/api/token/refresh/', { refresh: idle.refresh })).status).toBe(401)
  })

  test('a lost answer, asked for again after the change: the successor comes under the new secret, and is good', async () => {
    const site = deployment()
    const first = await site.start()
    const { refresh } = await first.session()
    const lost = (await first.post('/api/token/refresh/', { refresh })).json() as { refresh: string }
    await site.stop(first)
    const second = await site.start(both)
    site.clock.advance(5_000)
    const again = (await second.post('/api/token/refresh/', { refresh })).json() as { refresh: string }
    expect(decode(partsOf(again.refresh).payload).gen).toBe(decode(partsOf(lost.refresh).payload).gen)
    site.clock.advance(60_000)
    expect((await second.post('/api/token/refresh/', { refresh: again.refresh })).status).toBe(200)
  })

  test('a wrong one stops the start with a sentence that says what to do, and harms nothing', async () => {
    const site = deployment()
    const first = await site.start()
    const { access } = await first.session()
    await site.stop(first)
    const refusal = await site.start(onlyNew).catch((thrown: unknown) => thrown)
    expect(refusal).toBeInstanceOf(AuthError)
    expect((refusal as AuthError).details.reason).toMatch(
      /^The signing key [\w-]{43} does not open with COUNTERSIGN_SECRET\. Give the secret it was made under/,
    )
    const again = await site.start()
    expect(await greets(again, access)).toBe(true)
  })
})

describe('two processes on one file', () => {
  test('start at once, rotate at once: never two that sign, and one view of it after the next reading', async () => {
    const file = join(temporaryFolder(), 'countersign.db')
    const clock = handClock()
    const open = () => openWorkshop({ file, clock, bare: true })
    const [one, two] = await Promise.all([open(), open()])
    const both = [one, two]
    await Promise.all(both.map((shop) => maintainKeys(shop.keyDeps, clock())))
    for (let round = 0; round < 12; round += 1) {
      clock.advance(publishedMs)
      const outcomes = await Promise.all(both.map((shop) => rotateKeys(shop.keyDeps, clock())))
      expect(
        outcomes.filter((outcome) => outcome === 'rotated'),
        `round ${round}`,
      ).toHaveLength(1)
      await Promise.all(both.map((shop) => maintainKeys(shop.keyDeps, clock())))
      const rows = await one.store.listKeys()
      expect(rows.filter(({ state }) => state === 'current')).toHaveLength(1)
      expect(rows.filter(({ state }) => state === 'next')).toHaveLength(1)
      expect(one.keyRing.rows()).toEqual(two.keyRing.rows())
      expect(two.verify(one.issue())).toBeDefined()
      expect(one.verify(two.issue())).toBeDefined()
    }
    await Promise.all(both.map((shop) => shop.close()))
  })
})
