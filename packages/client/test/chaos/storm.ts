import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { spawnServer, temporaryFolder } from '../../../server/test/harness.ts'
import { withRawDatabase } from '../../../server/test/store/raw-database.ts'

/** How many of the refreshes never reach the server, and of how many others the answer is lost. */
const lost = 0.3

const isRefresh = ({ url }: IncomingMessage) => url?.includes('/token/refresh') === true

/** Seconds that a run takes; `npm run chaos` asks for more than a test may take. */
export const stormSeconds = Number(process.env.CHAOS_SECONDS ?? 12)

export const password = 'a quiet harbour'

/** A real server that is killed and started again, behind a proxy that loses refreshes both ways. */
export async function openStorm(pages: Record<string, string> = {}, env: Record<string, string> = {}) {
  const data = temporaryFolder()
  let server = await spawnServer({ data, env })
  const target = new URL(server.address)
  const counts = { refreshes: 0, lostRequests: 0, lostAnswers: 0, restarts: 0 }
  let isCalm = true
  const thefts: string[] = []

  /** What the server took for theft: nothing of it is. */
  const collect = () => thefts.push(...server.logs.filter((line) => line.includes('reuse_detected')))

  const isLost = (incoming: IncomingMessage) => !isCalm && isRefresh(incoming) && Math.random() < lost

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (isRefresh(incoming)) counts.refreshes += 1
    if (isLost(incoming)) {
      counts.lostRequests += 1
      incoming.socket.destroy()
      return
    }
    const { method, url: path, headers } = incoming
    const onward = request({ host: target.hostname, port: target.port, method, path, headers, agent: false })
    outgoing.on('close', () => onward.destroy())
    onward.on('error', () => incoming.socket.destroy())
    onward.on('response', (answer) => {
      if (isLost(incoming)) {
        counts.lostAnswers += 1
        incoming.socket.destroy()
        return
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  }

  const proxy = createServer((incoming, outgoing) => {
    const path = incoming.url ?? ''
    const page = pages[path] ?? (path.startsWith('/src/') ? moduleAt(path) : undefined)
    if (page === undefined) return forward(incoming, outgoing)
    const type = path.startsWith('/src/') ? 'text/javascript' : 'text/html'
    outgoing.writeHead(200, { 'content-type': type }).end(page)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))

  return {
    address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    counts,
    begin() {
      isCalm = false
    },
    calm() {
      isCalm = true
    },
    /** kill -9, and again on the same port */
    async restart(): Promise<void> {
      await server.stop('SIGKILL')
      collect()
      counts.restarts += 1
      server = await spawnServer({ data, env, port: Number(target.port) })
    },
    /** stops everything, and says what the server's database says */
    async close() {
      proxy.closeAllConnections()
      proxy.close()
      await server.stop()
      collect()
      return withRawDatabase(join(data, 'countersign.db'), (db) => ({
        thefts,
        rotations: Number(db.prepare('SELECT sum(generation) FROM sessions').pluck().get()),
        ended: db
          .prepare('SELECT revoked_reason FROM sessions WHERE revoked_at IS NOT NULL')
          .pluck()
          .all() as string[],
        /** of each user */
        live: db
          .prepare('SELECT count(*) FROM sessions WHERE revoked_at IS NULL GROUP BY user_id')
          .pluck()
          .all() as number[],
      }))
    },
  }
}

export type Storm = Awaited<ReturnType<typeof openStorm>>

/** Kills the server a few times while the storm lasts. Resolves when it is over. */
export async function blow(storm: Storm, also: (secondsLeft: number) => Promise<void>): Promise<void> {
  storm.begin()
  const end = Date.now() + stormSeconds * 1000
  const pause = Math.max(4000, (stormSeconds * 1000) / 10)
  let nextRestart = Date.now() + pause
  while (Date.now() < end) {
    await also((end - Date.now()) / 1000)
    if (Date.now() < nextRestart) continue
    await storm.restart()
    nextRestart = Date.now() + pause
  }
  storm.calm()
}

export async function registerUsers({ address }: Storm, names: readonly string[]): Promise<void> {
  for (const username of names) {
    const body = JSON.stringify({ username, email: `${username}@example.com`, password })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${address}/api/register/`, { method: 'POST', headers, body })
    if (answer.status !== 201) throw new Error(`${username}: ${answer.status} ${await answer.text()}`)
  }
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

const src = join(import.meta.dirname, '../..')

/** The source as a browser runs it: without its types, and nothing else changed. */
function moduleAt(path: string): string {
  return stripTypeScriptTypes(readFileSync(join(src, path), 'utf8'))
}
