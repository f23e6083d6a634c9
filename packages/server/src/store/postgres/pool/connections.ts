import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Query } from '../../queries.ts'
import { openClients } from './clients.ts'
import { kindOf, Undo } from './faults.ts'
import { unavailable } from './reasons.ts'
import { type Statement, valuesOf } from './statement.ts'

/** How a connection is encrypted, and what is checked: nothing, the chain, or the chain and the host's name. */
export interface PostgresTls {
  verify: 'nothing' | 'chain' | 'chain_and_name'
  /** PEM texts */
  ca?: string
  cert?: string
  key?: string
}

export interface PostgresAddress {
  /** a name, an address, or the folder of a socket */
  host: string
  port: number
  user: string
  database: string
  password?: string | undefined
  tls?: PostgresTls | undefined
}

export interface PostgresLimits {
  /** connections of this process at the most */
  poolSize: number
  /** for a free or a new connection, milliseconds */
  connectTimeoutMs: number
  /** for one statement, milliseconds; the server ends it, and if it does not, we do */
  statementTimeoutMs: number
}

/** What runs statements: the pool, or one transaction on it. */
export interface Runner {
  rows<Row>(statement: Statement, input: object): Promise<Row[]>
}

export interface Connections extends Runner {
  /** an ordinary query, not prepared by name */
  all<Row>(query: Query<Row>): Promise<Row[]>
  /** all of it or nothing; run again from its beginning where the database asks for that */
  transaction<T>(work: (runner: Runner) => Promise<T>): Promise<T>
  counts(): { active: number; idle: number; waiting: number }
  /** waits for what is under way */
  close(): Promise<void>
}

/** A server that does not answer its own timeout is given up this much later. */
const graceMs = 1_000

const idleMs = 60_000

/** So that after a failover or behind a balancer the connections spread again. */
const lifetimeSeconds = 1_800

/** int8 as a number: instants and generations stay far below 2^53. */
const int8 = 20

/** What every connection of ours is opened with. */
export function clientOptions({
  host,
  port,
  user,
  database,
  password,
  tls,
}: PostgresAddress): pg.ClientConfig {
  return {
    ...{ host, port, user, database },
    password: password ?? noPassword,
    ssl: tls ? tlsOptions(tls) : false,
    application_name: 'countersign',
    keepAlive: true,
    types: {
      getTypeParser: (oid: number, format?: string) =>
        oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
    } as pg.CustomTypesConfig,
  }
}

/** Asked only where the server wants one; else the driver would look into files and variables of its own. */
function noPassword(): never {
  throw Object.assign(new Error('it asks for a password, and there is none'), { code: 'NO_PASSWORD' })
}

function tlsOptions({ verify, ...pem }: PostgresTls): NonNullable<pg.ClientConfig['ssl']> {
  return {
    ...pem,
    rejectUnauthorized: verify !== 'nothing',
    ...(verify === 'chain' && { checkServerIdentity: () => undefined }),
  }
}

/**
 * A pool of connections, made when they are needed. Faults come out as AuthError `unavailable`, but for violated
 * constraints and mistakes of ours, which come out as the driver threw them.
 */
export function openConnections(address: PostgresAddress, limits: PostgresLimits): Connections {
  const clients = openClients({
    ...clientOptions(address),
    max: limits.poolSize,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    idleTimeoutMillis: idleMs,
    maxLifetimeSeconds: lifetimeSeconds,
    statement_timeout: limits.statementTimeoutMs,
    idle_in_transaction_session_timeout: limits.statementTimeoutMs + graceMs,
    query_timeout: limits.statementTimeoutMs + graceMs,
  })
  const running = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined

  function tracked<T>(work: () => Promise<T>): Promise<T> {
    if (closing !== undefined) return Promise.reject(unavailable(new Error('the store is closed'), address))
    const promise = retrying(address, work)
    const settled: Promise<void> = promise.then(ignore, ignore).then(() => {
      running.delete(settled)
    })
    running.add(settled)
    return promise
  }

  return {
    rows: (statement, input) => tracked(() => clients.use((client) => run(client, statement, input))),
    all: ({ sql, parameters }) =>
      tracked(() => clients.use(async (client) => (await client.query(sql, [...parameters])).rows)),
    transaction: (work) => tracked(() => clients.use((client) => inTransaction(client, work))),
    counts: () => clients.counts(),
    close() {
      closing ??= Promise.all(running).then(() => clients.end())
      return closing
    },
  }
}

function ignore(): void {}

async function run<Row>(client: pg.ClientBase, statement: Statement, input: object): Promise<Row[]> {
  const { name, text } = statement
  return (await client.query<Row & pg.QueryResultRow>({ name, text, values: valuesOf(statement, input) }))
    .rows
}

async function inTransaction<T>(client: pg.ClientBase, work: (runner: Runner) => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const result = await work({ rows: (statement, input) => run(client, statement, input) })
    await client.query('COMMIT')
    return result
  } catch (thrown) {
    if (kindOf(thrown) !== 'unavailable') await client.query('ROLLBACK')
    if (thrown instanceof Undo) return thrown.outcome as T
    throw thrown
  }
}

const mostAttempts = 8

/** What the database rolled back is tried again, later each time and never in step with the others. */
async function retrying<T>(address: PostgresAddress, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (thrown) {
      const kind = kindOf(thrown)
      if (kind === 'ours') throw thrown
      if (kind === 'unavailable' || attempt === mostAttempts) throw unavailable(thrown, address)
      await pause(Math.random() * 2 ** attempt)
    }
  }
}
