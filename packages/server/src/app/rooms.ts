import { type FirstOwner, openFirstOwner } from '../admin/entry/first.ts'
import type { Audit } from '../audit/events.ts'
import { type Clock, machineClocks, openSharedClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { findLegacyTokens, type LegacyDeps } from '../django/legacy/legacy-tokens.ts'
import { userIdClaimOf } from '../django/simplejwt/texts.ts'
import { createLimits, withoutLimits } from '../limits/limits.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { hashDescriber } from '../passwords/describe.ts'
import { createGate } from '../passwords/gate.ts'
import { createPasswords } from '../passwords/passwords.ts'
import { createPolicy } from '../passwords/policy.ts'
import type { Store } from '../store/store.ts'
import { createAccessTokens } from '../tokens/access-token.ts'
import { createDjangoKey } from '../tokens/django/key.ts'
import { type KeyRing, openKeyRing } from '../tokens/key-ring.ts'
import { createRefreshTokens } from '../tokens/refresh-token.ts'
import { deriveKey } from '../tokens/secrets.ts'
import type { Tracing } from '../tracing/tracing.ts'
import { openWebhooks } from '../webhooks/webhooks.ts'

/** Where processes on many machines share a database, its clock is everybody's; else the machine's own. */
export async function openTime(store: Store, machine: Clock) {
  if (!store.readClock) return { clock: machine, syncClock: undefined, clockSkewMs: undefined }
  const shared = await openSharedClock(store.readClock, { ...machineClocks, clock: machine })
  return { clock: shared.now, syncClock: shared.sync, clockSkewMs: shared.skewMs }
}

/**
 * The keys that sign, and what changes them.
 * @throws AuthError `unavailable` if the current key does not open under the master secrets
 */
export async function openKeys(config: Config, store: Store) {
  const { secrets, algorithm, accessTtlSeconds, tokenType: typ, keyRotationSeconds: rotationSeconds } = config
  const options = { store, secrets, algorithm, accessTtlSeconds, typ, rotationSeconds }
  const keyRing = await openKeyRing(options)
  return { keyRing, keyDeps: { ...options, keyRing } }
}

/** What tokens are made and verified with; sliding ones are believed wherever access tokens are. */
export function tokensRoom(config: Config, keyRing: KeyRing) {
  const { secrets, accessTtlSeconds: ttlSeconds, issuer, audience, clientId } = config
  const simplejwt = config.simplejwt === 'off' ? undefined : config.simplejwt
  const userIdClaim = simplejwt && userIdClaimOf(simplejwt)
  const djangoKey = config.djangoKey && createDjangoKey(config.djangoKey)
  const signing = config.djangoKey?.signs ? djangoKey : undefined
  const access = { issuer, audience, clientId, ttlSeconds, keyRing, userIdClaim, djangoKey: signing }
  const slidingTokens =
    config.slidingTokens === 'true' ? createAccessTokens({ ...access, kinds: ['sliding'] }) : undefined
  return {
    simplejwt,
    djangoKey,
    slidingTokens,
    accessTokens: createAccessTokens({
      ...access,
      kinds: slidingTokens ? ['access', 'sliding'] : ['access'],
    }),
    refreshTokens: createRefreshTokens({ issuer, secrets, userIdClaim }),
  }
}

/** What knows the refresh tokens of the deployment that users come from; undefined where they come from none. */
export function foreignTokens({ djangoKey, ...deps }: Optional<LegacyDeps, 'djangoKey'>) {
  return djangoKey && findLegacyTokens({ ...deps, djangoKey })
}

type Optional<T, Name extends keyof T> = Omit<T, Name> & { [N in Name]: T[N] | undefined }

interface Watchers {
  metrics?: Metrics | undefined
  tracing?: Tracing | undefined
}

const passwordSpans = { room: 'passwords', kind: 'internal', attributes: {} } as const

/** The hashing gate, the passwords behind it, and what a new one must be like. */
export function passwordRoom(config: Config, clock: Clock, { metrics, tracing }: Watchers = {}) {
  const gate = createGate({
    parallel: config.hashParallel,
    queueLimit: config.hashQueue,
    deadlineMs: config.hashDeadlineSeconds * 1000,
    clock,
    ...(metrics && { onRefused: metrics.hashRefused }),
  })
  const parameters = { memoryKib: config.argon2MemoryKib, timeCost: config.argon2Time, parallelism: 1 }
  const hashKeys = { devisePepper: config.devisePepper }
  const passwords = createPasswords({
    parameters,
    keys: hashKeys,
    gate: tracing?.queue(gate) ?? gate,
    ...(metrics && { measureHash: metrics.measureHash }),
  })
  return {
    gate,
    passwords: tracing?.verbs(passwords, passwordSpans) ?? passwords,
    describeHash: hashDescriber(parameters, hashKeys),
    policy: createPolicy({ minLength: config.minPasswordLength, common: config.commonPasswords }),
  }
}

/** The limits on attempts, at the scale that the settings give them. */
export function limitsRoom(config: Config, rooms: { clock: Clock; audit: Audit; store: Store }) {
  const { limits: scale, limitsMaxDelaySeconds: mostDelaySeconds, secrets } = config
  if (scale === false) return withoutLimits()
  return createLimits({ ...rooms, key: deriveKey(secrets[0], 'limits'), tuning: { scale, mostDelaySeconds } })
}

/** A link to the first owner is for development, where whoever sees the terminal owns the deployment. */
export function firstOwnerOf(
  { mode }: Config,
  rooms: Parameters<typeof openFirstOwner>[0],
): FirstOwner | undefined {
  return mode === 'dev' ? openFirstOwner(rooms) : undefined
}

/** What webhooks are sent with, by whoever sends them. */
export function webhookOptions(config: Config) {
  const { webhookSecrets: keys = [], webhookEvents: events, webhookPrivate: privateAddresses } = config
  return { keys, events, privateAddresses }
}

/** @returns undefined where the settings name no receiver */
export function webhooksRoom(config: Config, rooms: { clock: Clock; audit: Audit; store: Store }) {
  const { webhookUrls: urls } = config
  return urls && openWebhooks({ ...rooms, ...webhookOptions(config), urls })
}

/** Loaded where traces are asked for; elsewhere nothing of it exists. */
export async function openTraces({ tracing, issuer }: Config, audit: Audit) {
  if (!tracing) return undefined
  const { openTracing } = await import('../tracing/tracing.ts')
  return openTracing({ ...tracing, publicAddress: issuer }, audit)
}

const databaseNames = { sqlite: 'sqlite', postgres: 'postgresql' } as const

/** What traces say of the store. */
export function storeSpans({ database }: Config) {
  return {
    room: 'store',
    kind: 'client',
    attributes: { 'db.system.name': databaseNames[database.kind] },
  } as const
}
