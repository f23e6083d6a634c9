import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openDeployment } from '../src/app/deployment.ts'
import { createServer } from '../src/app/server.ts'
import type { EventFields, EventName } from '../src/audit/events.ts'
import { loadConfig } from '../src/config/config.ts'
import type { Store } from '../src/store/store.ts'

/** Hashing as cheap as the settings allow: most tests are not about its price. */
export const cheapHashing = { COUNTERSIGN_ARGON2_MEMORY_KIB: '7168', COUNTERSIGN_ARGON2_TIME: '1' }

/** Tests that are not about throttling ask as often as they like, all from one address. */
const unlimited = { COUNTERSIGN_LIMITS: 'off' }

export const testSecret = 'a secret for tests only of 32 or more characters'

export interface HandClock {
  (): number
  /** moves the clock, in milliseconds */
  advance(by: number): void
}

/** Starts at a round second, so that token times are easy to read. */
export function handClock(start = 1_800_000_000_000): HandClock {
  let now = start
  const advance = (by: number) => {
    now += by
  }
  return Object.assign(() => now, { advance })
}

export interface TestServerOptions {
  /** on top of cheap hashing and a database in memory */
  env?: Record<string, string>
  clock?: HandClock
  /** instead of the one that the settings name */
  store?: Store
}

/** The whole server in this process, without a socket, on a database in memory and a clock set by hand. */
export async function openTestServer({ env = {}, clock = handClock(), store }: TestServerOptions = {}) {
  const config = loadConfig({
    mode: 'dev',
    now: clock(),
    env: {
      ...{ DATABASE_URL: 'sqlite::memory:', COUNTERSIGN_SECRET: testSecret },
      ...{ ...cheapHashing, ...unlimited, ...env },
    },
  })
  const events: { event: EventName; fields: EventFields }[] = []
  const audit = { record: (event: EventName, fields: EventFields) => void events.push({ event, fields }) }
  const deployment = await openDeployment(config, { clock, audit, ...(store && { store }) })
  let draining = false
  const server = await createServer(deployment, () => draining)

  async function request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const { body, headers = {} } = options
    const isObject = typeof body === 'object' && !Buffer.isBuffer(body)
    const answer = await server.inject({
      method: method as 'GET',
      url: path,
      headers: { ...(isObject && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { payload: isObject ? JSON.stringify(body) : body }),
    })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.payload,
      json: () => answer.json(),
    }
  }

  return {
    config,
    clock,
    deployment,
    events,
    request,
    post: (path: string, body?: object | string | Buffer, headers?: Record<string, string>) =>
      request('POST', path, { ...(body !== undefined && { body }), ...(headers && { headers }) }),
    get: (path: string, headers?: Record<string, string>) => request('GET', path, headers ? { headers } : {}),
    /** registers and logs in */
    async session(username = 'alice', password = 'correct horse battery') {
      await request('POST', '/api/register/', {
        body: { username, email: `${username}@example.com`, password },
      })
      const answer = await request('POST', '/api/login/', { body: { username, password } })
      return answer.json() as TokenPair
    },
    drain: () => {
      draining = true
    },
    /** opens a real socket as well; resolves to its address */
    listen: (port = 0) => server.listen({ host: '127.0.0.1', port }),
    async close() {
      await server.close(0)
      await deployment.trail.close()
      await deployment.store.close()
    },
  }
}

export type TestServer = Awaited<ReturnType<typeof openTestServer>>

export interface RequestOptions {
  body?: object | string | Buffer
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  headers: Record<string, unknown>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers as it likes
  json(): any
}

export interface TokenPair {
  access: string
  refresh: string
  access_expires_in: number
  refresh_expires_in: number
}

export function bearer(access: string): { authorization: string } {
  return { authorization: `Bearer ${access}` }
}

/** A folder of its own, left to the system's cleaning. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'countersign-'))
}

const main = join(import.meta.dirname, '../src/main.ts')

export interface SpawnOptions {
  data: string
  command?: 'dev' | 'start'
  /** path of another program than ours */
  program?: string
  env?: Record<string, string>
  port?: number
  /** files may not grow beyond so many blocks of the shell's `ulimit -f`, 512 or 1024 bytes each: a full disk */
  fileBlocks?: number
}

/** A server as a process of its own, on a real file and a real socket; resolves when it listens. */
export async function spawnServer(options: SpawnOptions) {
  const { data, command = 'dev', program: entry = main, env = {}, port = 0, fileBlocks } = options
  const line = [process.execPath, entry, command] as const
  const limited = ['sh', '-c', `ulimit -f ${fileBlocks}; exec "$0" "$@"`, ...line] as const
  const [program, ...args] = fileBlocks === undefined ? line : limited
  const child = spawn(program, args, {
    env: {
      PATH: process.env.PATH,
      LOG_FORMAT: 'json',
      PORT: String(port),
      COUNTERSIGN_DATA: data,
      COUNTERSIGN_ISSUER: 'http://127.0.0.1:8000',
      COUNTERSIGN_SECRET: testSecret,
      ...cheapHashing,
      ...unlimited,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const logs: string[] = []
  const talk: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => talk.push(line))
  const exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  // A test file ends by SIGTERM; one that failed half-way leaves no server behind.
  const endWithUs = () => {
    child.kill('SIGKILL')
    process.kill(process.pid, 'SIGTERM')
  }
  process.once('SIGTERM', endWithUs)
  child.once('close', () => process.off('SIGTERM', endWithUs))
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      logs.push(line)
      if (line.includes('"server.listening"')) resolve((JSON.parse(line) as { address: string }).address)
    })
    exited.then(([code]) => reject(new Error(`the server ended with ${code}:\n${talk.join('\n')}`)), reject)
  })
  return {
    address,
    pid: child.pid ?? 0,
    /** its standard output, a line each */
    logs,
    /** its standard error, a line each */
    talk,
    exited,
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
  }
}
