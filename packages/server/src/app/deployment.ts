import type { Audit } from '../audit/events.ts'
import { createRetention } from '../audit/trail/retention.ts'
import { openTrail } from '../audit/trail/trail.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { readiness } from '../health/health.ts'
import { openMetrics } from '../metrics/metrics.ts'
import { createCleanup } from '../sessions/cleanup.ts'
import { deviceLabel } from '../sessions/device.ts'
import { createFeed } from '../sessions/revocation/feed.ts'
import { followRevocations } from '../sessions/revocation/follow.ts'
import { createRevokedSessions } from '../sessions/revocation/revoked.ts'
import type { Store } from '../store/store.ts'
import { maintainKeys } from '../tokens/key-schedule.ts'
import { createOneTimeSecrets } from '../users/account/one-time-secrets.ts'
import { accessCookieOf, djRestAuthOf, mailPagesOf } from './dj-rest-auth.ts'
import { openLetters, openOutbox, siteName } from './mail.ts'
import {
  firstOwnerOf,
  foreignTokens,
  limitsRoom,
  openKeys,
  openTime,
  openTraces,
  passwordRoom,
  storeSpans,
  tokensRoom,
  webhooksRoom,
} from './rooms.ts'
import { openStore } from './stores.ts'

/** Everything one process of a deployment works with; the rooms take from it what their verbs need. */
export type Deployment = Awaited<ReturnType<typeof openDeployment>>

/** What the world gives: time, a log, and in tests another store. */
export interface Surroundings {
  clock: Clock
  audit: Audit
  store?: Store
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
  const told = tracing?.audit ?? counted
  const audit = openTrail({ audit: told, store: surroundings.store, clock })
  const store = tracing?.verbs(surroundings.store, storeSpans(config)) ?? surroundings.store
  const { secrets, accessTtlSeconds, issuer } = config
  const { keyRing, keyDeps } = await openKeys(config, store)
  await maintainKeys(keyDeps, clock())
  const memoryMs = accessTtlSeconds * 1000 + marginMs
  const revoked = createRevokedSessions(memoryMs)
  const { catchUp: followRevoked, caughtUpAt } = followRevocations(store, revoked, memoryMs)
  await followRevoked(clock())
  const { gate, ...passwordVerbs } = passwordRoom(config, clock, { metrics, tracing })
  const firstOwner = firstOwnerOf(config, { store, clock, audit, userIds: config.userIds, ...passwordVerbs })
  const letters = openLetters(config, clock)
  const rooms = {
    config,
    ...time,
    audit,
    store,
    letters,
    keyRing,
    keyDeps,
    revoked,
    followRevoked,
    caughtUpAt,
    gate,
  }
  const checks = (isDraining: () => boolean) => readiness({ ...rooms, isDraining })
  const tokens = tokensRoom(config, keyRing)
  const limits = limitsRoom(config, { ...time, audit, store })
  const rules = rulesOf(config)
  metrics?.watch({ ...rooms, store: surroundings.store, readiness: checks })
  return {
    ...rooms,
    ...passwordVerbs,
    firstOwner,
    metrics,
    tracing,
    readiness: checks,
    ...tokens,
    feed: createFeed({ issuer, keyRing, revoked, clock, memoryMs }),
    findForeign: foreignTokens({ ...rooms, ...tokens, limits, rules }),
    oneTimeSecrets: createOneTimeSecrets({ secrets, clock, pages: mailPagesOf(config) }),
    deviceLabel,
    userIds: config.userIds,
    djRestAuth: djRestAuthOf(config),
    accessCookie: accessCookieOf(config),
    place: placeOf(config),
    publicOrigin: new URL(issuer).origin,
    trail: audit,
    introspectionSecrets: config.introspectionSecrets,
    limits,
    outbox: openOutbox(rooms),
    webhooks: webhooksRoom(config, { clock, audit: told, store: surroundings.store }),
    cleanUp: createCleanup(store, memoryMs),
    deleteOldEvents: createRetention(store, config.auditRetentionSeconds * 1000),
    rules,
  }
}

/** What pages and mails say of this place. */
function placeOf(config: Config) {
  const base = new URL(config.issuer).pathname.replace(/\/$/, '')
  return { site: siteName(config), base, minPasswordLength: config.minPasswordLength }
}

/** The settings that users and sessions go by. */
function rulesOf(config: Config) {
  return {
    graceMs: config.graceSeconds * 1000,
    refreshTtlMs: config.refreshTtlSeconds * 1000,
    sessionTtlMs: config.sessionTtlSeconds * 1000,
    replay: config.refreshReplay,
    maxSessionsPerUser: config.maxSessionsPerUser,
    email: config.email,
    emailVerification: config.emailVerification,
    hideEmails: config.hideEmails,
    loginBy: config.loginBy,
    reauthMs: config.reauthSeconds * 1000,
  }
}
