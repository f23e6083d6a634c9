import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { isBroken } from '../durability/remembering-clients.ts'
import type { DeployedServer } from '../races/deployment.ts'
import type { HttpClient, Reply } from '../races/http-client.ts'

/** Servers behind a balancer: it asks each whether it is ready, and sends requests to those that are. */
export interface Fleet {
  /** a client whose requests go to any of them, and again where one is turned away */
  client: Pick<HttpClient, 'register' | 'login' | 'refresh' | 'logout'>
  add(server: DeployedServer): void
  /** tells it to stop; resolves when it has ended, long after the balancer has taken it out */
  retire(server: DeployedServer): Promise<void>
  /** requests that were turned away, by what happened to them */
  refused: Record<string, number>
  /** what `/readyz` said of servers that nobody told to stop, other than 200 */
  unready: string[]
  close(): Promise<void>
}

const askEveryMs = 50

/** Whether a balancer would try another one: nothing was done, and the answer says so. */
function isTurnedAway({ status, headers }: Reply): boolean {
  return status === 503 && headers['retry-after'] !== undefined
}

/** Nothing is sent where nobody is ready. */
export function openFleet(): Fleet {
  const ready = new Set<DeployedServer>()
  const retired = new Set<DeployedServer>()
  const refused: Record<string, number> = {}
  const unready: string[] = []
  let isOpen = true
  const watching: Promise<void>[] = []
  let turn = 0

  function next(): HttpClient {
    turn += 1
    const server = [...ready][turn % ready.size]
    if (!server) throw new Error('no server is ready')
    return server.client
  }

  /** Tried again where the connection broke, or where it says that it cannot now. */
  async function send(request: (client: HttpClient) => Promise<Reply>): Promise<Reply> {
    for (;;) {
      const what = await request(next()).catch((thrown: unknown) => {
        if (!isBroken(thrown)) throw thrown
        return String((thrown as { code?: unknown }).code)
      })
      if (typeof what !== 'string' && !isTurnedAway(what)) return what
      const name = typeof what === 'string' ? what : `${what.status}`
      refused[name] = (refused[name] ?? 0) + 1
      await pause(20)
    }
  }

  /** Also asks another server at once whether the new access token opens it. */
  async function pairFrom(reply: Reply): Promise<Reply> {
    if (reply.status !== 200) return reply
    const headers = { authorization: `Bearer ${reply.json().access}` }
    expect((await send((client) => client.get('/api/protected/', headers))).status).toBe(200)
    return reply
  }

  async function watch(server: DeployedServer): Promise<void> {
    while (isOpen) {
      const status = await server.client.get('/readyz').then(
        (reply) => reply.status,
        () => 0,
      )
      if (retired.has(server)) {
        if (status !== 200) return void ready.delete(server)
      } else if (status !== 200) unready.push(`${server.address} said ${status}`)
      await pause(askEveryMs)
    }
  }

  return {
    refused,
    unready,
    client: {
      register: (username) => send((client) => client.register(username)),
      login: async (username) => pairFrom(await send((client) => client.login(username))),
      refresh: async (pair, key) => pairFrom(await send((client) => client.refresh(pair, key))),
      logout: (pair) => send((client) => client.logout(pair)),
    },
    add(server) {
      ready.add(server)
      watching.push(watch(server))
    },
    async retire(server) {
      retired.add(server)
      await server.stop('SIGTERM')
    },
    async close() {
      isOpen = false
      await Promise.all(watching)
    },
  }
}
