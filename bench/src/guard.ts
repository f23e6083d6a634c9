import { createPublicKey, verify as verifySignature } from 'node:crypto'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { createGuard } from '../../packages/guard/src/index.ts'
import { systemClock } from '../../packages/server/src/clock.ts'
import { openConnection } from '../../packages/server/src/store/sqlite/connection.ts'
import { ownMicroseconds } from './cpu.ts'
import { median } from './load.ts'
import { type Running, remove, startServer, temporaryFolder } from './processes.ts'
import { seedSqlite } from './seeds.ts'
import { atLeast, type Row } from './table.ts'
import { openSessions, registerUser } from './users.ts'

const live = 1_000_000
const logoutsPerHour = [1_000, 10_000]
const issuer = 'http://127.0.0.1:8000'

/** What a resource server pays: for a verification, and for following who was logged out. */
export async function guardCosts(): Promise<Row[]> {
  const folder = temporaryFolder()
  const file = join(folder, 'countersign.db')
  await seedSqlite(file, live)
  const rows: Row[] = []
  for (const rate of logoutsPerHour) {
    const server = await startWithRevoked(folder, rate)
    if (rows.length === 0) rows.push(...(await verifications(server)))
    rows.push(await followed(server, rate))
    await server.stop()
  }
  remove(folder)
  return rows
}

/** What the server remembers of so many logouts an hour: those of the last access-token lifetime and a minute. */
async function startWithRevoked(folder: string, rate: number): Promise<Running> {
  const memorySeconds = 960
  const db = openConnection(join(folder, 'countersign.db'))
  const entries = Math.round((rate * memorySeconds) / 3_600)
  db.exec(
    `UPDATE sessions SET revoked_at = ${systemClock()}, revoked_reason = 'logout'
      WHERE id IN (SELECT id FROM sessions LIMIT ${entries})`,
  )
  db.close()
  return startServer(folder)
}

const path = '/.well-known/revoked-sessions'
const [turns, rounds] = [4_000, 5]

type Verify = (token: string) => unknown

/** One after the other, each with the same tokens; rounds in turn, so that the machine's moods are everybody's. */
async function verifications(server: Running): Promise<Row[]> {
  await registerUser(server.address, 'verified')
  const tokens = (await openSessions(server.address, 'verified', 20)).map(({ access }) => access)
  const set = (await (await fetch(`${server.address}/.well-known/jwks.json`)).json()) as JSONWebKeySet
  // The metadata names places at the issuer's address, and this server is at another.
  const elsewhere: typeof fetch = (input, init) => fetch(String(input).replace(issuer, server.address), init)
  const guards = [0, 1_000].map((rememberedTokens) =>
    createGuard({ issuer, rememberedTokens, fetch: elsewhere }),
  )
  const [fresh, remembering] = guards
  const select = createLocalJWKSet(set)
  const options = { issuer, audience: issuer, algorithms: ['ES256'] }
  const ways: Record<string, Verify> = {
    crypto: verifierOf(set),
    jose: (token) => jwtVerify(token, select, options),
    fresh: (token) => fresh?.verify(token),
    remembered: (token) => remembering?.verify(token),
  }
  const costs = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round += 1)
    for (const [name, verify] of Object.entries(ways)) {
      const microseconds = await timed(verify, tokens)
      // The first round warms up.
      if (round > 0) costs[name]?.push(microseconds)
    }
  for (const guard of guards) guard.close()
  return verificationRows(costs)
}

function verificationRows(costs: Readonly<Record<string, number[]>>): Row[] {
  const cost = (name: string) => median(costs[name] ?? [])
  const told = (name: string) => `${cost(name).toFixed(1)} µs`
  const limit = `jose alone ${told('jose')}, the signature alone ${told('crypto')}`
  const ratio = (name: string) => median((costs[name] ?? []).map((one, at) => (costs.jose?.[at] ?? 0) / one))
  return [
    {
      ...{ what: 'guard, a token it has not seen', measured: told('fresh'), limit },
      ...{ value: ratio('fresh'), bar: atLeast(0.75) },
    },
    {
      ...{ what: 'guard, a token it remembers', measured: told('remembered'), limit },
      ...{ value: ratio('remembered'), bar: atLeast(5) },
    },
  ]
}

/** The signature, and nothing else: no claim is read. */
function verifierOf({ keys }: JSONWebKeySet): Verify {
  const byKid = new Map(keys.map((jwk) => [jwk.kid, createPublicKey({ key: { ...jwk }, format: 'jwk' })]))
  return (token) => {
    const [header = '', payload, signature = ''] = token.split('.')
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
    const key = byKid.get(kid)
    if (!key) throw new Error('the key is not published')
    const input = Buffer.from(`${header}.${payload}`)
    return verifySignature(
      'sha256',
      input,
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    )
  }
}

/** @returns microseconds of processor time for each: what else runs on the machine does not count */
async function timed(verify: Verify, tokens: readonly string[]): Promise<number> {
  const from = ownMicroseconds()
  for (let turn = 0; turn < turns; turn += 1) await verify(tokens[turn % tokens.length] ?? '')
  return (ownMicroseconds() - from) / turns
}

const waitSeconds = 25
const gatherSeconds = 0.5

/** Bytes on the wire, headers and all, of each kind of answer; and from those, what an hour of following comes to. */
async function followed(server: Running, rate: number): Promise<Row> {
  const wire = openWire(server.address)
  const user = `leaver${rate}`
  await registerUser(server.address, user)
  const [first, second] = await openSessions(server.address, user, 2)
  const whole = await wire.ask(path)
  const before = await wire.ask(`${path}?since=${whole.cursor}`)
  for (const pair of [first, second]) await logOut(server, pair?.refresh ?? '')
  const two = await wire.ask(`${path}?since=${whole.cursor}`)
  wire.close()
  const entryBytes = (16 * 4 * 4) / 9
  const perSecond = rate / 3_600
  const quiet = Math.exp(-perSecond * waitSeconds)
  const meanWait = (1 - quiet) / perSecond + (1 - quiet) * gatherSeconds
  const answers = 3_600 / meanWait
  const bytes =
    answers * (quiet * before.bytes + (1 - quiet) * (two.bytes - 2 * entryBytes)) + rate * entryBytes
  return {
    what: `feed, ${live.toLocaleString('en')} sessions, ${rate.toLocaleString('en')} logouts/h`,
    measured: `${(bytes / 1e6).toFixed(2)} MB an hour for each guard`,
    limit: `all ${whole.bytes} bytes; two logouts ${two.bytes}; no news ${before.bytes}`,
    value: bytes / rate,
    bar: undefined,
  }
}

async function logOut(server: Running, refresh: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${server.address}/api/logout/`, { method: 'POST', headers, body: JSON.stringify({ refresh }) })
}

/** One connection that counts what goes over it, both ways. */
function openWire(address: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let counted = 0
  return {
    ask: (place: string) =>
      new Promise<{ cursor: string; bytes: number }>((resolve, reject) => {
        const headers = { accept: 'application/jwt' }
        const sent = request(`${address}${place}`, { agent, headers }, (answer) => {
          const { socket } = answer
          answer.resume().once('end', () => {
            const { bytesRead, bytesWritten } = socket
            const bytes = bytesRead + bytesWritten - counted
            counted = bytesRead + bytesWritten
            resolve({ bytes, cursor: /"(.+)"/.exec(String(answer.headers.etag))?.[1] ?? '' })
          })
        })
        sent.once('error', reject).end()
      }),
    close: () => agent.destroy(),
  }
}
