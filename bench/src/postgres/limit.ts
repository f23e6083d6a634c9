import { execFile } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { systemClock } from '../../../packages/server/src/clock.ts'
import { openConnections } from '../../../packages/server/src/store/postgres/pool/connections.ts'
import { type Statement, statement } from '../../../packages/server/src/store/postgres/pool/statement.ts'
import { rotateOne } from '../../../packages/server/src/store/postgres/rotations.ts'
import { arrive, inTurn, keepBusy, type Lanes } from '../loops.ts'
import { remove } from '../processes.ts'
import { type BenchDatabase, limits, sessionId, sessionIdInPostgres } from '../seeds.ts'

/** The statement of a refresh with nothing around it, one commit each, on random sessions of a database of its own. */
export interface Limit {
  name: string
  /** refreshes per second, each client always waiting for one */
  busy(clients: number, milliseconds: number): Promise<number>
  /** milliseconds of each, at random instants with so many a second */
  arriving(perSecond: number, milliseconds: number): Promise<number[]>
  /** milliseconds of each of so many, one after the other */
  inTurn(steps: number): Promise<number[]>
  close(): Promise<void>
}

/** PostgreSQL's own benchmark program where there is one, else a loop in this process, which costs more itself. */
export function openLimit(database: BenchDatabase, sessions: number): Limit {
  const program = findPgbench()
  return program ? openPgbench(program, database, sessions) : openBareLoop(database, sessions)
}

/** Whatever the generation: nobody here remembers it. */
const anyGeneration = 'sessions.generation'
const weekMs = 604_800_000

const run = promisify(execFile)
const manyClients = 32

function openPgbench(program: string, { address }: BenchDatabase, sessions: number): Limit {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  const script = join(folder, 'refresh.sql')
  writeFileSync(script, pgbenchScript(sessions))
  const { host, port, user, database } = address
  const base = ['-h', host, '-p', `${port}`, '-U', `${user}`, '-n', '-M', 'prepared', '-f', script]
  const bench = async (...args: string[]) => (await run(program, [...base, ...args, database])).stdout
  const seconds = (milliseconds: number) => ['-T', `${Math.ceil(milliseconds / 1000)}`]
  const logged = async (...args: string[]) => {
    await bench('-l', '--log-prefix', join(folder, 'log'), ...args)
    return takeLatencies(folder)
  }
  return {
    name: 'pgbench',
    async busy(clients, milliseconds) {
      const text = await bench('-c', `${clients}`, ...seconds(milliseconds))
      return Number(/^tps = ([\d.]+)/m.exec(text)?.[1])
    },
    arriving: (perSecond, milliseconds) =>
      logged('-c', `${manyClients}`, '-R', `${perSecond}`, ...seconds(milliseconds)),
    inTurn: (steps) => logged('-c', '1', '-t', `${steps}`),
    close: async () => remove(folder),
  }
}

function pgbenchScript(sessions: number): string {
  const now = systemClock()
  const values: Record<string, string> = {
    sessionId: `(${sessionIdInPostgres(':n::bigint')})`,
    generation: anyGeneration,
    now: ':now::bigint',
    expiresAt: ':ends::bigint',
    idempotencyDigest: 'NULL',
  }
  const sql = rotateOne.text.replace(/\$(\d+)/g, (_, number: string) => placed(values, Number(number)))
  return `\\set n random(1, ${sessions})\n\\set now ${now}\n\\set ends ${now + weekMs}\n${sql};\n`
}

function placed(values: Readonly<Record<string, string>>, number: number): string {
  const name = rotateOne.parameters[number - 1] ?? ''
  const value = values[name]
  if (value === undefined) throw new Error(`the statement asks for ${name}, which this limit does not know`)
  return value
}

/** Reads the logs of one run and removes them. Their third column is microseconds, the seventh those before it began. */
function takeLatencies(folder: string): number[] {
  const logs = readdirSync(folder)
    .filter((name) => name.startsWith('log.'))
    .map((name) => join(folder, name))
  const lines = logs.flatMap((log) => readFileSync(log, 'utf8').trim().split('\n'))
  for (const log of logs) remove(log)
  return lines.map((line) => {
    const [, , microseconds, , , , lag = 0] = line.split(' ').map(Number)
    return ((microseconds ?? Number.NaN) - lag) / 1000
  })
}

function findPgbench(): string | undefined {
  const installed = '/usr/lib/postgresql'
  const versions = listFolder(installed).sort((a, b) => Number(b) - Number(a))
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(installed, version, 'bin')),
  ]
  return folders.map((folder) => join(folder, 'pgbench')).find(isExecutable)
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The driver in this process, one connection for each client. */
function openBareLoop({ address }: BenchDatabase, sessions: number): Limit {
  const db = openConnections(address, { ...limits, poolSize: manyClients })
  const rotate = withoutGeneration(rotateOne)
  async function step(): Promise<void> {
    const now = systemClock()
    const id = sessionId(1 + Math.floor(Math.random() * sessions))
    await db.rows(rotate, { sessionId: id, now, expiresAt: now + weekMs })
  }
  const lanes = (count: number): Lanes => ({ count, step })
  return {
    name: 'bare loop in Node (no pgbench here)',
    busy: (clients, milliseconds) => keepBusy(lanes(clients), milliseconds),
    arriving: (perSecond, milliseconds) => arrive(lanes(manyClients), { perSecond, milliseconds }),
    inTurn: (steps) => inTurn(lanes(1), steps),
    close: () => db.close(),
  }
}

function withoutGeneration({ text, parameters }: Statement): Statement {
  const named = text.replace(/\$(\d+)/g, (_, number: string) => `@${parameters[Number(number) - 1]}`)
  return statement('rotate_any', named.replace('@generation', anyGeneration))
}
