import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Audit } from './audit/events.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import { healthRoutes } from './health/health.routes.ts'
import type { AnyRoute } from './http/route.ts'
import { type Answered, createHttpServer, type HttpServer } from './http/server.ts'
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
import { createAccessTokens } from './tokens/access-token.ts'
import { jwksRoutes } from './tokens/jwks.routes.ts'
import { openKeyRing } from './tokens/key-ring.ts'
import { maintainKeys } from './tokens/key-schedule.ts'
import { createRefreshTokens } from './tokens/refresh-token.ts'
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
    ...healthRoutes({ ...deployment, ...health }), // GET /livez /readyz
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

async function openRooms(config: Config, { clock, audit, store }: Required<Surroundings>) {
  const { secrets, accessTtlSeconds, issuer, audience, clientId } = config
  const { keyRing, keyDeps } = await openKeys(config, store)
  await maintainKeys(keyDeps, clock())
  const memoryMs = accessTtlSeconds * 1000 + marginMs
  const revoked = createRevokedSessions(memoryMs)
  const followRevoked = followRevocations(store, revoked, memoryMs)
  await followRevoked(clock())
  return {
    ...{ config, clock, audit, store, keyRing, keyDeps, revoked, followRevoked },
    ...passwordRoom(config, clock),
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

function passwordRoom(config: Config, clock: Clock) {
  const gate = createGate({
    parallel: config.hashParallel,
    queueLimit: config.hashQueue,
    deadlineMs: config.hashDeadlineSeconds * 1000,
    clock,
  })
  const parameters = { memoryKib: config.argon2MemoryKib, timeCost: config.argon2Time, parallelism: 1 }
  return {
    gate,
    passwords: createPasswords({ parameters, gate }),
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
 * @param schema `migrate` creates or upgrades the database, `leave` takes an existing one as it is
 * @throws AuthError `unavailable` with the reason, where the store cannot be opened
 */
export async function openTools(
  config: Config,
  { clock, audit, store: given }: Surroundings,
  schema: 'migrate' | 'leave',
) {
  const store = given ?? (await openStore(config, clock, schema))
  return {
    ...{ config, clock, audit, store },
    ...passwordRoom(config, clock),
    /** @throws AuthError `unavailable` if the current key does not open under the master secrets */
    openKeys: () => openKeys(config, store),
    /** faults of the database file, in words; empty for a sound one */
    findDamage: () => findDamage(config.databaseFile),
  }
}

/** Opens the embedded store, its folder with it. */
export async function openStore(
  config: Config,
  clock: Clock,
  schema: 'migrate' | 'leave' = 'migrate',
): Promise<Store> {
  const file = config.databaseFile
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  return openSqliteStore({ file, now: clock(), ...(schema === 'leave' && { migrate: 'off' }) })
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
    ...(config.logLevel === 'debug' && { onAnswer: (answer) => recordAnswer(audit, answer) }),
    onFailure: ({ requestId, error, ...where }) =>
      audit.record('http.failed', { request_id: requestId, ...where, error }),
  })
  return made.server
}

function recordAnswer(audit: Audit, { requestId, durationMs, ...rest }: Answered): void {
  const duration_ms = Math.round(durationMs * 100) / 100
  audit.record('http.request', { request_id: requestId, duration_ms, ...rest })
}
