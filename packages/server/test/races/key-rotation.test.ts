import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { openKeyRing } from '../../src/tokens/key-ring.ts'
import { revokeKey, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { type TokenPair, testSecret } from '../harness.ts'
import { type DeployedServers, deployServers } from './deployment.ts'
import { eventually } from './http-client.ts'

let servers: DeployedServers
beforeAll(async () => {
  servers = await deployServers(2)
})
afterAll(() => servers.close())

/** What the command beside a server works with. */
async function openKeys() {
  const store = await openSqliteStore({ file: servers.file, now: Date.now() })
  const options = {
    store,
    secrets: [testSecret] as const,
    algorithm: 'ES256' as const,
    typ: 'at+jwt' as const,
    accessTtlSeconds: 900,
    rotationSeconds: 0,
  }
  const keyRing = await openKeyRing(options)
  return { deps: { ...options, keyRing }, close: () => store.close() }
}

function kidOf({ access }: TokenPair): string {
  return JSON.parse(Buffer.from(access.split('.')[0] ?? '', 'base64url').toString()).kid
}

test('keys rotate while 2 servers serve: tokens of the old and of the new key are good on both', async () => {
  const old: TokenPair = await servers.client(0).session('alice')
  const keys = await openKeys()
  let pair = old
  let isServing = true
  const statuses = new Set<number>()
  const serving = (async () => {
    for (let turn = 0; isServing; turn += 1) {
      const reply = await servers.client(turn).refresh(pair)
      statuses.add(reply.status)
      pair = reply.status === 200 ? reply.json() : pair
      statuses.add(await servers.client(turn).access(pair))
      statuses.add(await servers.client(turn + 1).access(old))
    }
  })()
  // Six minutes from now the next key has been published for long enough.
  expect(await rotateKeys(keys.deps, Date.now() + 6 * 60_000)).toBe('rotated')
  for (const turn of [0, 1]) {
    await eventually(
      async () => kidOf((await servers.client(turn).login('alice')).json()) !== kidOf(old),
      true,
    )
  }
  isServing = false
  await serving
  expect(statuses).toEqual(new Set([200]))
  const fresh: TokenPair = (await servers.client(0).login('alice')).json()
  for (const client of servers.clients) {
    expect([await client.access(old), await client.access(fresh)]).toEqual([200, 200])
  }
  const published = (await servers.client(1).get('/.well-known/jwks.json')).json().keys
  expect(published.map(({ kid }: { kid: string }) => kid)).toEqual(
    expect.arrayContaining([kidOf(old), kidOf(fresh)]),
  )
  await keys.close()
})

test('a key that is revoked takes its tokens with it on both, and no session', async () => {
  const pair: TokenPair = (await servers.client(0).login('alice')).json()
  const keys = await openKeys()
  expect(await revokeKey(keys.deps, kidOf(pair), Date.now())).toBe('revoked')
  for (const client of servers.clients) await eventually(() => client.access(pair), 401)
  await eventually(async () => kidOf((await servers.client(0).login('alice')).json()) !== kidOf(pair), true)
  const refreshed = await servers.client(0).refresh(pair)
  expect(refreshed.status).toBe(200)
  for (const client of servers.clients) await eventually(() => client.access(refreshed.json()), 200)
  await keys.close()
})
