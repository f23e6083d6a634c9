import { type Given, openSession } from '../contract/scenario.ts'
import { mintAccess } from '../contract/tokens.ts'
import type { DjangoProject } from '../django/start-django.ts'
import {
  type Answer,
  handClock,
  openTestServer,
  type RequestOptions,
  type TestServer,
  type TokenPair,
} from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { djangoServer, mintDjango } from './django-server.ts'

/** One of the two servers that are compared. */
export interface Side {
  ask(method: string, path: string, options: RequestOptions): Promise<Answer>
  /** what a case may need of it; the same names on both sides */
  give(user: string): Given
  close(): Promise<void>
}

function overSocket(address: string) {
  const request = (method: string, path: string, options: RequestOptions = {}) =>
    requestOverSocket(address, method, path, options)
  return {
    request,
    post: (path: string, body?: RequestOptions['body'], headers?: Record<string, string>) =>
      request('POST', path, { ...(body !== undefined && { body }), ...(headers && { headers }) }),
    get: (path: string, headers?: Record<string, string>) => request('GET', path, headers ? { headers } : {}),
  }
}

/** Our server in this process, on a socket, as the contract tables have it. */
export async function openOurSide(env: Record<string, string>): Promise<Side> {
  const inProcess = await openTestServer({
    env: { COUNTERSIGN_PASSWORD_COMMON: 'enforce', ...env },
    clock: handClock(Date.now()),
  })
  const requests = overSocket(await inProcess.listen())
  const server: TestServer = { ...inProcess, ...requests }
  return {
    ask: requests.request,
    give: (user) => givenBy(server, user, (pair, change) => mintAccess(server, pair, change)),
    close: () => inProcess.close(),
  }
}

/** A Django project, with what the cases do to our server behind the wire done to it as well. */
export function openDjangoSide(project: DjangoProject): Side {
  const requests = overSocket(project.address)
  const server = djangoServer(project, requests)
  return {
    ask: requests.request,
    give: (user) => givenBy(server, user, (pair, change) => mintDjango(project, pair.access, change)),
    close: () => project.stop(),
  }
}

type Mint = (pair: TokenPair, change: Record<string, unknown>) => string

function givenBy(server: TestServer, user: string, mint: Mint): Given {
  const session = () => openSession(server, user)
  return { server, user, session, mint: async (change) => mint(await session(), change) }
}
