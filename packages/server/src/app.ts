import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Audit } from './audit/events.ts'
import { type Clock, machineClocks, openSharedClock } from './clock.ts'
import { type Config, localAddress } from './config/config.ts'
import { healthRoutes } from './health/health.routes.ts'
import { type Check, readiness } from './health/health.ts'
import type { AnyRoute } from './http/route.ts'
import { type Answered, createHttpServer, type HttpServer, type HttpServerOptions } from './http/server.ts'
import { metricsRoutes } from './metrics/metrics.routes.ts'
import { type Metrics, openMetrics } from './metrics/metrics.ts'
import { pagesRoutes } from './pages/pages.routes.ts'
import { createGate } from './passwords/gate.ts'
import { createPasswords } from './passwords/passwords.ts'
import { createPolicy } from './passwords/policy.ts'
import { createCleanup } from './sessions/cleanup.ts'
import { followRevocations } from './sessions/follow.ts'
import { protectedRoutes } from './sessions/protected.routes.ts'
import { createRevokedSessions } from './sessions/revoked.ts'
import { sessionsRoutes } from './sessions/sessions.routes.ts'
import { findDamage } from './store/sqlite/damage.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'
import type { RowAccess } from './store/transfer/rows.ts'
import { createAccessTokens } from './tokens/access-token.ts'
import { jwksRoutes } from './tokens/jwks.routes.ts'
import { openKeyRing } from './tokens/key-ring.ts'
import { maintainKeys } from './tokens/key-schedule.ts'
import { createRefreshTokens } from './tokens/refresh-token.ts'
import type { Tracing } from './tracing/tracing.ts'
import { usersRoutes } from './users/users.routes.ts'
import { version } from './version.ts'

/** Everything one process of a deployment works with; the rooms take from it what their verbs need. */
export type Deployment = Awaited<ReturnType<typeof openDeployment>>

/** What the world gives: time, a log, and in tests another store. */
export interface Surroundings {
  clock: Clock
  audit: Audit
  store?: Store
}

/** The route table: all that this server answers to. */
function routeTable(
  deployment: Deployment,
  health: { isDraining: () => boolean; describe: () => object },
): AnyRoute[] {
  return [
    ...usersRoutes(deployment), //     POST /api/register/
    ...sessionsRoutes(deployment), //  POST /api/login/ /api/token/ /api/token/refresh/ /api/logout/
    ...protectedRoutes(deployment), // GET  /api/protected/ /api/dashboard/
    ...jwksRoutes(deployment), //      GET  /.well-known/jwks.json
    ...healthRoutes({ readiness: () => deployment.readiness(health.isDraining) }), // GET /livez /readyz
    ...pagesRoutes({ ...health, address: deployment.config.issuer }), // GET / /docs /assets/* /openapi.json
  ]
}

/** Clocks of two processes may differ, and a revocation must outlive every access token of its session. */
const marginMs = 60_000

/**
 * Opens the store and builds the rooms on it; nothing listens yet.
 * @throws AuthError `unavailable` with the reason, where the store cannot be opened or its keys cannot be read
 */
export async function openDeployment(config: Config, surroundings: Surroundings) {
  const store = surroundings.store ?? (await openStore(config, surroundings.clock))
  try {
    return await openRooms(config, { ...surroundings, store })
  } catch (thrown) {
    // Left open, its writing thread would keep a process alive that has nothing to serve.
    await store.close()
    throw thrown
  }
}

async function openRooms(config: Config, surroundings: Required<Surroundings>) {
  const time = await openTime(surroundings.store, surroundings.clock)
  const { clock } = time
  const metrics = config.managementPort === undefined ? undefined : await openMetrics(clock)
  const counted = metrics?.countEvents(surroundings.audit) ?? surroundings.audit
  const tracing = await openTraces(config, counted)
  const audit = tracing?.audit ?? counted
  const store = tracing?.verbs(surroundings.store, storeSpans(config)) ?? surroundings.store
  const { secrets, accessTtlSeconds, issuer, audience, clientId } = config
  const { keyRing, keyDeps } = await openKeys(config, store)
  await maintainKeys(keyDeps, clock())
  const memoryMs = accessTtlSeconds * 1000 + marginMs
  const revoked = createRevokedSessions(memoryMs)
  const followRevoked = followRevocations(store, revoked, memoryMs)
  await followRevoked(clock())
  const { gate, ...passwordVerbs } = passwordRoom(config, clock, { metrics, tracing })
  const rooms = { config, ...time, audit, store, keyRing, keyDeps, revoked, followRevoked, gate }
  const checks = (isDraining: () => boolean) => readiness({ ...rooms, isDraining })
  metrics?.watch({ ...rooms, store: surroundings.store, readiness: checks })
  return {
    ...rooms,
    ...passwordVerbs,
    metrics,
    tracing,
    readiness: checks,
    accessTokens: createAccessTokens({ issuer, audience, clientId, ttlSeconds: accessTtlSeconds, keyRing }),
    refreshTokens: createRefreshTokens({ issuer, secrets }),
    cleanUp: createCleanup(store, memoryMs),
    rules: {
      graceMs: config.graceSeconds * 1000,
      refreshTtlMs: config.refreshTtlSeconds * 1000,
      sessionTtlMs: config.sessionTtlSeconds * 1000,
      replay: config.refreshReplay,
      maxSessionsPerUser: config.maxSessionsPerUser,
      email: config.email,
    },
  }
}

/** Where processes on many machines share a database, its clock is everybody's; else the machine's own. */
async function openTime(store: Store, machine: Clock) {
  if (!store.readClock) return { clock: machine, syncClock: undefined, clockSkewMs: undefined }
  const shared = await openSharedClock(store.readClock, { ...machineClocks, clock: machine })
  return { clock: shared.now, syncClock: shared.sync, clockSkewMs: shared.skewMs }
}

/** Loaded where traces are asked for; elsewhere nothing of it exists. */
async function openTraces({ tracing, issuer }: Config, audit: Audit) {
  if (!tracing) return undefined
  const { openTracing } = await import('./tracing/tracing.ts')
  return openTracing({ ...tracing, publicAddress: issuer }, audit)
}

const databaseNames = { sqlite: 'sqlite', postgres: 'postgresql' } as const

function storeSpans({ database }: Config) {
  return {
    room: 'store',
    kind: 'client',
    attributes: { 'db.system.name': databaseNames[database.kind] },
  } as const
}

const passwordSpans = { room: 'passwords', kind: 'internal', attributes: {} } as const

interface Watchers {
  metrics?: Metrics | undefined
  tracing?: Tracing | undefined
}

function passwordRoom(config: Config, clock: Clock, { metrics, tracing }: Watchers = {}) {
  const gate = createGate({
    parallel: config.hashParallel,
    queueLimit: config.hashQueue,
    deadlineMs: config.hashDeadlineSeconds * 1000,
    clock,
    ...(metrics && { onRefused: metrics.hashRefused }),
  })
  const parameters = { memoryKib: config.argon2MemoryKib, timeCost: config.argon2Time, parallelism: 1 }
  const passwords = createPasswords({
    parameters,
    gate: tracing?.queue(gate) ?? gate,
    ...(metrics && { measureHash: metrics.measureHash }),
  })
  return {
    gate,
    passwords: tracing?.verbs(passwords, passwordSpans) ?? passwords,
    policy: createPolicy({ minLength: config.minPasswordLength, common: config.commonPasswords }),
  }
}

async function openKeys(config: Config, store: Store) {
  const { secrets, algorithm, accessTtlSeconds, tokenType: typ, keyRotationSeconds: rotationSeconds } = config
  const options = { store, secrets, algorithm, accessTtlSeconds, typ, rotationSeconds }
  const keyRing = await openKeyRing(options)
  return { keyRing, keyDeps: { ...options, keyRing } }
}

/** What a command beside a server works with. */
export type Tools = Awaited<ReturnType<typeof openTools>>

/**
 * Opens the store and the rooms that manage users; nothing is made on the way, least of all a key.
 * @throws AuthError `unavailable` with the reason, where the store cannot be opened
 */
export async function openTools(
  config: Config,
  { clock: machine, audit, store: given }: Surroundings,
  schema: Schema,
) {
  const store = given ?? (await openStore(config, machine, schema))
  const { clock } = await openTime(store, machine)
  const { database } = config
  return {
    ...{ config, clock, audit, store },
    ...passwordRoom(config, clock),
    /** @throws AuthError `unavailable` if the current key does not open under the master secrets */
    openKeys: () => openKeys(config, store),
    /** faults of the database file, in words; empty for a sound one, and for a server, which looks after its own */
    findDamage: () => (database.kind === 'sqlite' ? findDamage(database.file) : []),
  }
}

/** `create` makes a schema where there is none, `migrate` also upgrades an older one, `leave` takes it as it is. */
export type Schema = 'migrate' | 'create' | 'leave'

const migrates = { migrate: {}, create: { migrate: 'if_empty' }, leave: { migrate: 'off' } } as const

/** Opens the store that the settings name; the embedded one with its folder. */
export async function openStore(config: Config, clock: Clock, schema: Schema = 'migrate'): Promise<Store> {
  const { database } = config
  const options = { now: clock(), ...migrates[schema] }
  if (database.kind === 'sqlite') {
    const { file } = database
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    return openSqliteStore({ file, ...options })
  }
  // The driver is loaded by whoever needs it.
  const { openPostgresStore } = await import('./store/postgres/open.ts')
  return openPostgresStore({ address: database, limits: limitsOf(config), ...options })
}

function limitsOf(config: Config) {
  return {
    poolSize: config.databasePool,
    connectTimeoutMs: config.databaseConnectTimeoutSeconds * 1000,
    statementTimeoutMs: config.databaseStatementTimeoutSeconds * 1000,
  }
}

/** A batch is through in milliseconds, but counting a large table reads all of it. */
const copyStatementTimeoutMs = 60_000

/**
 * Opens a database for the copying of whole rows.
 * @param schema `create` makes the tables where there are none; nothing else is changed
 */
export async function openRows(config: Config, clock: Clock, schema: 'create' | 'leave'): Promise<RowAccess> {
  if (schema === 'create') await (await openStore(config, clock, schema)).close()
  const { database } = config
  if (database.kind === 'sqlite')
    return (await import('./store/sqlite/rows.ts')).openSqliteRows(database.file)
  const { openPostgresRows } = await import('./store/postgres/rows.ts')
  return openPostgresRows(database, { ...limitsOf(config), statementTimeoutMs: copyStatementTimeoutMs })
}

/** The HTTP server of a deployment, not yet listening. */
export async function createServer(deployment: Deployment, isDraining: () => boolean): Promise<HttpServer> {
  const { config, audit } = deployment
  const made: { server?: HttpServer } = {}
  made.server = await createHttpServer({
    routes: routeTable(deployment, { isDraining, describe: () => made.server?.describe() ?? {} }),
    api: {
      title: 'Countersign',
      version,
      description: 'Register, log in, refresh, log out, protect a route.',
      address: config.issuer,
    },
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    surround: deployment.tracing?.surround,
    ...answerListener(deployment),
    onFailure: failureListener(audit),
  })
  return made.server
}

export interface ManagementDeps {
  config: Config
  audit: Audit
  /** whether the processes behind it can do their work */
  readiness: () => Promise<Check[]>
  /** what they count and measure, in Prometheus' text format */
  metrics: () => Promise<string>
}

/** The HTTP server for operators, not yet listening: GET /metrics /livez /readyz, and nothing else. */
export function createManagementServer(deps: ManagementDeps): Promise<HttpServer> {
  const { managementHost, managementPort = 0 } = deps.config
  return createHttpServer({
    routes: [...metricsRoutes(deps), ...healthRoutes(deps)],
    api: {
      title: 'Countersign',
      version,
      description: 'Metrics and health.',
      address: localAddress(managementHost, managementPort),
    },
    corsOrigins: [],
    trustProxy: false,
    onFailure: failureListener(deps.audit),
  })
}

/** Without one that listens, an answer is told to nobody and costs nothing. */
function answerListener({ config, audit, metrics }: Deployment): { onAnswer?: (answer: Answered) => void } {
  const listeners = [
    ...(config.logLevel === 'debug' ? [(answer: Answered) => recordAnswer(audit, answer)] : []),
    ...(metrics ? [metrics.answered] : []),
  ]
  if (listeners.length === 0) return {}
  return { onAnswer: (answer) => listeners.forEach((listen) => void listen(answer)) }
}

function failureListener(audit: Audit): HttpServerOptions['onFailure'] {
  return ({ requestId, error, ...where }) =>
    audit.record('http.failed', { request_id: requestId, ...where, error })
}

function recordAnswer(audit: Audit, { requestId, durationMs, ...rest }: Answered): void {
  const duration_ms = Math.round(durationMs * 100) / 100
  audit.record('http.request', { request_id: requestId, duration_ms, ...rest })
}
