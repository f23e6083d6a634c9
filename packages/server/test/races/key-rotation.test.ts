import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { openKeyRing } from '../../src/tokens/key-ring.ts'
import { revokeKey, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { type TokenPair, testSecret } from '../harness.ts'
import { type DeployedServers, type DeployOptions, deployServers } from './deployment.ts'
import { eventually } from './http-client.ts'

/** What the command beside a server works with. */
async function openKeys(store: Store) {
  const options = {
    store,
    secrets: [testSecret] as const,
    algorithm: 'ES256' as const,
    typ: 'at+jwt' as const,
    accessTtlSeconds: 900,
    rotationSeconds: 0,
  }
  const keyRing = await openKeyRing(options)
  return { ...options, keyRing }
}

function kidOf({ access }: TokenPair): string {
  return JSON.parse(Buffer.from(access.split('.')[0] ?? '', 'base64url').toString()).kid
}

const deployments: DeployOptions[] = [
  { store: 'SQLite', count: 2 },
  { store: 'PostgreSQL', count: 3 },
]

describe.each(deployments)('$count servers on $store', (deployment) => {
  let servers: DeployedServers
  beforeAll(async () => {
    servers = await deployServers(deployment)
  })
  afterAll(() => servers.close())

  test('T18: keys rotate while all serve: tokens of the old and of the new key are good on each', async () => {
    const old: TokenPair = await servers.client(0).session('alice')
    const keys = await openKeys(servers.beside)
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
    expect(await rotateKeys(keys, Date.now() + 6 * 60_000)).toBe('rotated')
    for (const client of servers.clients) {
      await eventually(async () => kidOf((await client.login('alice')).json()) !== kidOf(old), true)
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
  })

  test('a key that is revoked takes its tokens with it on each, and no session', async () => {
    const pair: TokenPair = (await servers.client(0).login('alice')).json()
    const keys = await openKeys(servers.beside)
    expect(await revokeKey(keys, kidOf(pair), Date.now())).toBe('revoked')
    for (const client of servers.clients) await eventually(() => client.access(pair), 401)
    await eventually(async () => kidOf((await servers.client(0).login('alice')).json()) !== kidOf(pair), true)
    const refreshed = await servers.client(0).refresh(pair)
    expect(refreshed.status).toBe(200)
    for (const client of servers.clients) await eventually(() => client.access(refreshed.json()), 200)
  })
})
