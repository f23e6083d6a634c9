import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { spawnServer, temporaryFolder } from '../../../packages/server/test/harness.ts'
import { copyPrograms, createCluster, withClient } from '../../../packages/server/test/postgres/cluster.ts'
import { openProxy } from '../../../packages/server/test/postgres/proxy.ts'
import { type HttpClient, openClient } from '../../../packages/server/test/races/http-client.ts'

/** A server process that can die and come back under the same address. */
interface MortalServer {
  client: HttpClient
  pid(): number
  /** lines of its log that tell of a fault of ours */
  faults(): readonly string[]
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** Two servers, one PostgreSQL, and a proxy between them. */
export interface World {
  servers: readonly [MortalServer, MortalServer]
  /** what can happen to it, each resolved when everything is there again */
  faults: readonly (readonly [name: string, happen: () => Promise<void>])[]
  close(): Promise<void>
}

const blackholeMs = 5_000
const downMs = 1_000

/** PostgreSQL syncs, and the servers run as they do in production but for the price of a hash. */
export async function openWorld(): Promise<World> {
  const programs = copyPrograms()
  const cluster = await createCluster({ programs })
  await withClient(`${cluster.url}postgres`, (client) => client.query('CREATE DATABASE soak'))
  const proxy = await openProxy(cluster.port)
  const data = temporaryFolder()
  const url = proxy.through(`${cluster.url}soak`)
  const first = await openMortalServer(data, url)
  const second = await openMortalServer(data, url)
  return {
    servers: [first, second],
    faults: [
      ['connections cut', async () => proxy.cut()],
      [
        `black hole for ${blackholeMs / 1000} s`,
        async () => {
          proxy.blackhole()
          await pause(blackholeMs)
          await proxy.heal()
        },
      ],
      [
        'PostgreSQL stopped and started',
        async () => {
          await cluster.stop('SIGINT')
          await pause(downMs)
          await cluster.start()
        },
      ],
      [
        'PostgreSQL killed -9',
        async () => {
          await cluster.stop('SIGKILL')
          await cluster.start()
        },
      ],
      [
        'a server killed -9',
        async () => {
          await second.kill()
          await second.start()
        },
      ],
    ],
    async close() {
      await Promise.all([first.stop(), second.stop()])
      await proxy.close()
      await cluster.remove()
      for (const folder of [programs, data]) rmSync(folder, { recursive: true, force: true })
    },
  }
}

const lookEveryMs = 1_000

async function openMortalServer(data: string, databaseUrl: string): Promise<MortalServer> {
  const spawn = (port: number) =>
    spawnServer({ data, command: 'start', port, env: { DATABASE_URL: databaseUrl } })
  let server = await spawn(0)
  const { address } = server
  const client = openClient(address, 64)
  const faults: string[] = []
  const look = () => void faults.push(...server.logs.splice(0).filter(isFault))
  // What was looked through is forgotten, or it would pile up here.
  const looking = setInterval(look, lookEveryMs)
  return {
    client,
    pid: () => server.pid,
    faults() {
      look()
      return faults
    },
    async kill() {
      await server.stop('SIGKILL')
    },
    async start() {
      look()
      server = await spawn(Number(new URL(address).port))
    },
    async stop() {
      clearInterval(looking)
      client.close()
      await server.stop()
    },
  }
}

/** A mistake of ours, or a failure for another reason than that the database is away. */
function isFault(line: string): boolean {
  const { event, error } = JSON.parse(line) as { event: string; error?: { code?: string } }
  return event === 'server.fault' || (event === 'http.failed' && error?.code !== 'unavailable')
}
