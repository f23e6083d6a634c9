import { afterEach, describe, expect, test } from 'vitest'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { createDatabase } from '../postgres/database.ts'
import { type HttpClient, openClient, password } from '../races/http-client.ts'

const many = 1_000

interface Deployed {
  clients: HttpClient[]
  stop(): Promise<unknown>
}

let deployed: Deployed
afterEach(() => deployed.stop())

/** Two processes that share a database, as they are by default but for the price of a hash. */
async function deploy(database: 'SQLite' | 'PostgreSQL'): Promise<Deployed> {
  const data = temporaryFolder()
  const address = database === 'SQLite' ? {} : { DATABASE_URL: (await createDatabase()).url }
  const env = {
    ...address,
    COUNTERSIGN_LIMITS: '1',
    COUNTERSIGN_TRUST_PROXY: '1',
    COUNTERSIGN_HASH_QUEUE: '2000',
  }
  const servers = await Promise.all([spawnServer({ data, env }), spawnServer({ data, env })])
  const clients = servers.map((server) => openClient(server.address, 100))
  return {
    clients,
    async stop() {
      for (const client of clients) client.close()
      await Promise.all(servers.map((server) => server.stop()))
    },
  }
}

const from = (address: string) => ({ 'x-forwarded-for': address })

/** All at once, at both processes in turn. @returns how many of each status, and how long it took */
async function flood(attempt: (index: number) => { username: string; address: string }) {
  const began = performance.now()
  const replies = await Promise.all(
    Array.from({ length: many }, (_, index) => {
      const { username, address } = attempt(index)
      const body = { username, password: `guess ${index}` }
      return deployed.clients[index % 2]?.post('/api/login/', body, from(address))
    }),
  )
  const seconds = (performance.now() - began) / 1000
  const of = (status: number) => replies.filter((reply) => reply?.status === status).length
  return { passed: of(401), throttled: of(429), seconds }
}

/** How many guesses at one account the rules let in: six at once, then one after 1, 2, 4 … seconds. */
const mostAtOneAccount = (seconds: number) => 6 + Math.floor(Math.log2(seconds + 1))
/** How many from one address: sixty at once, then one every four seconds. */
const mostFromOneAddress = (seconds: number) => 60 + Math.floor(seconds / 4)

describe.each([
  'SQLite',
  'PostgreSQL',
] as const)('P16: %s, two processes, 1,000 guesses at once', (database) => {
  test('at one user from 1,000 addresses, at one from one, at 1,000 names from one', async () => {
    deployed = await deploy(database)
    const [client] = deployed.clients
    const figures: Record<string, number> = {}
    for (const username of ['alice', 'bob'])
      await client?.post(
        '/api/register/',
        { username, email: `${username}@example.com`, password },
        from('192.0.2.1'),
      )
    const home = from('192.0.2.7')
    expect((await client?.post('/api/login/', { username: 'alice', password }, home))?.status).toBe(200)

    const botnet = await flood((index) => ({
      username: 'alice',
      address: `198.51.${index >> 8}.${index & 255}`,
    }))
    figures['one user, 1,000 addresses'] = botnet.passed
    expect(botnet.passed).toBeGreaterThanOrEqual(6)
    expect(botnet.passed).toBeLessThanOrEqual(mostAtOneAccount(botnet.seconds))
    expect(botnet.passed + botnet.throttled).toBe(many)
    expect((await client?.post('/api/login/', { username: 'alice', password }, home))?.status).toBe(200)

    const single = await flood(() => ({ username: 'bob', address: '203.0.113.1' }))
    figures['one user, one address'] = single.passed
    expect(single.passed).toBeGreaterThanOrEqual(6)
    expect(single.passed).toBeLessThanOrEqual(mostAtOneAccount(single.seconds))
    expect(single.passed + single.throttled).toBe(many)

    const spray = await flood((index) => ({ username: `user${index}`, address: '2001:db8::1' }))
    figures['1,000 names, one address'] = spray.passed
    expect(spray.passed).toBeGreaterThanOrEqual(60)
    expect(spray.passed).toBeLessThanOrEqual(mostFromOneAddress(spray.seconds))
    expect(spray.passed + spray.throttled).toBe(many)
    console.log(`${database}: of 1,000 guesses at once passed ${JSON.stringify(figures)}`)
  }, 120_000)
})
