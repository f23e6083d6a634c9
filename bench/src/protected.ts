import { request as httpRequest } from 'node:http'
import { openDeployment } from '../../packages/server/src/app/deployment.ts'
import { systemClock } from '../../packages/server/src/clock.ts'
import { loadConfig } from '../../packages/server/src/config/config.ts'
import { closedLoop, expectStatus, getRequest, median } from './load.ts'
import { benchSecret, type Running, remove, startBareServer, startServer } from './processes.ts'
import { atLeast, perSecond, type Row } from './table.ts'
import { openSessions, type Pair, registerUser } from './users.ts'

const rounds = 11
const milliseconds = 1_000
const clients = 32
const path = '/api/protected/'

/** The guarded route against a bare server that answers the same bytes, in turn; and with a new token each time. */
export async function protectedRoute(): Promise<Row[]> {
  const server = await startServer()
  await registerUser(server.address, 'alice')
  const [pair] = await openSessions(server.address, 'alice', 1)
  if (!pair) throw new Error('no session')
  const { head, body } = await answerOf(server.address, pair)
  const bare = await startBareServer(JSON.stringify(head), body)
  const fresh = await freshRequests(server, pair)
  const rates = await measure(server, bare, pair, fresh)
  await Promise.all([server.stop(), bare.stop()])
  remove(server.data)
  return rows(rates)
}

interface Rates {
  ours: number[]
  bare: number[]
  fresh: number[]
}

async function measure(server: Running, bare: Running, pair: Pair, fresh: string[]): Promise<Rates> {
  const rates: Rates = { ours: [], bare: [], fresh: [] }
  const same = getRequest(path, pair.access)
  const ask = (address: string, next: () => string, length = milliseconds) =>
    closedLoop({
      address,
      clients,
      milliseconds: length,
      step: async (client) => void expectStatus(await client.ask(next()), 200),
    })
  await ask(server.address, () => same, 500)
  await ask(bare.address, () => same, 500)
  for (let round = 0; round < rounds; round += 1) {
    rates.bare.push(await ask(bare.address, () => same))
    rates.ours.push(await ask(server.address, () => same))
    rates.fresh.push(await ask(server.address, () => fresh.pop() ?? same, milliseconds / 2))
  }
  return rates
}

function rows({ ours, bare, fresh }: Rates): Row[] {
  const ratio = (rates: number[]) => median(rates.map((rate, round) => rate / (bare[round] ?? 1)))
  const signatureMicroseconds = 1e6 / median(fresh) - 1e6 / median(ours)
  return [
    {
      what: 'protected route, one token many times',
      measured: perSecond(median(ours)),
      limit: `bare node:http ${perSecond(median(bare))}`,
      value: ratio(ours),
      bar: atLeast(0.6),
    },
    {
      what: 'protected route, a new token each time',
      measured: `${perSecond(median(fresh))}, ${signatureMicroseconds.toFixed(0)} us a signature`,
      limit: `bare node:http ${perSecond(median(bare))}`,
      value: ratio(fresh),
      bar: undefined,
    },
  ]
}

/** The real answer's headers and body, for the bare server to repeat. */
function answerOf(
  address: string,
  { access }: Pair,
): Promise<{ head: Record<string, string>; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${access}` }
    httpRequest(new URL(path, address), { headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => {
        const { date: _, connection: __, 'keep-alive': ___, ...head } = response.headers
        resolve({ head: head as Record<string, string>, body })
      })
    })
      .on('error', reject)
      .end()
  })
}

/** Requests with tokens that the server has never seen, of the same session and signed with its own key. */
async function freshRequests(server: Running, pair: Pair): Promise<string[]> {
  const config = loadConfig({
    mode: 'tool',
    env: {
      COUNTERSIGN_DATA: server.data,
      COUNTERSIGN_SECRET: benchSecret,
      COUNTERSIGN_ISSUER: 'http://127.0.0.1:8000',
    },
  })
  const deployment = await openDeployment(config, { clock: systemClock, audit: { record: () => undefined } })
  const now = systemClock()
  const claims = deployment.accessTokens.verify(pair.access, now)
  if (!claims) throw new Error('the token does not verify')
  const subject = {
    userId: claims.userId,
    username: claims.username,
    session: { id: claims.sessionId, expiresAt: now + 3_600_000 },
  }
  const requests = Array.from({ length: 80_000 }, () =>
    getRequest(path, deployment.accessTokens.issue(subject, now).token),
  )
  await deployment.store.close()
  return requests
}
