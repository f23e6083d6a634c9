import { Agent, type IncomingMessage, request } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { TokenPair } from '../harness.ts'

export interface Reply {
  status: number
  headers: IncomingMessage['headers']
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers as it likes
  json(): any
}

export interface HttpClient {
  post(path: string, body: object, headers?: Record<string, string>): Promise<Reply>
  get(path: string, headers?: Record<string, string>): Promise<Reply>
  register(username: string, fields?: object): Promise<Reply>
  login(username: string): Promise<Reply>
  /** registers and logs in */
  session(username: string): Promise<TokenPair>
  refresh(pair: Pick<TokenPair, 'refresh'>, idempotencyKey?: string): Promise<Reply>
  logout(pair: Pick<TokenPair, 'refresh'>): Promise<Reply>
  /** status of the protected route */
  access(pair: Pick<TokenPair, 'access'>): Promise<number>
  /** what was answered with a status of 500 and more */
  failed: readonly Reply[]
  close(): void
}

export const password = 'correct horse battery'

/** One client with so many connections that stay open: what it sends at once arrives at once. */
export function openClient(address: string, sockets = 32): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets })
  const failed: Reply[] = []
  const hear = async (answer: IncomingMessage) => {
    const reply = await replyOf(answer)
    if (reply.status >= 500) failed.push(reply)
    return reply
  }
  const send = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    new Promise<Reply>((resolve, reject) => {
      const payload = body && JSON.stringify(body)
      const type = payload === undefined ? {} : { 'content-type': 'application/json' }
      const sent = request(`${address}${path}`, { method, agent, headers: { ...type, ...headers } })
      sent.once('error', reject).once('response', (answer) => resolve(hear(answer)))
      sent.end(payload)
    })
  const client: HttpClient = {
    post: (path, body, headers = {}) => send('POST', path, headers, body),
    get: (path, headers = {}) => send('GET', path, headers),
    register: (username, fields) =>
      client.post('/api/register/', { username, email: `${username}@example.com`, password, ...fields }),
    login: (username) => client.post('/api/login/', { username, password }),
    async session(username) {
      await client.register(username)
      return (await client.login(username)).json()
    },
    refresh: ({ refresh }, key) =>
      client.post('/api/token/refresh/', { refresh }, key === undefined ? {} : { 'idempotency-key': key }),
    logout: ({ refresh }) => client.post('/api/logout/', { refresh }),
    access: async ({ access }) =>
      (await client.get('/api/protected/', { authorization: `Bearer ${access}` })).status,
    failed,
    close: () => agent.destroy(),
  }
  return client
}

async function replyOf(answer: IncomingMessage): Promise<Reply> {
  const text = await readText(answer)
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, json: () => JSON.parse(text) }
}

/** What a token of ours says; no signature is looked at. */
export function claimsOf(token: string): { sid: string; gen: number; sub: string } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** Asks again until the answer is the expected one. @returns how many milliseconds that took */
export async function eventually<T>(ask: () => Promise<T>, expected: T, withinMs = 10_000): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const answer = await ask()
    const tookMs = performance.now() - startedAt
    if (answer === expected) return tookMs
    if (tookMs > withinMs) throw new Error(`still ${answer} after ${withinMs} ms, not ${expected}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The token pairs of those that were let in. */
export function pairsOf(replies: readonly Reply[]): TokenPair[] {
  return replies.filter(({ status }) => status === 200).map((reply) => reply.json())
}
