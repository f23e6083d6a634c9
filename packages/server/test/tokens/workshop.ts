import { createPublicKey } from 'node:crypto'
import { newId } from '../../src/ids.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { type AccessTokenOptions, createAccessTokens } from '../../src/tokens/access-token.ts'
import type { AlgorithmName } from '../../src/tokens/algorithms.ts'
import { type AccessTokenType, type KeyRingOptions, openKeyRing } from '../../src/tokens/key-ring.ts'
import { maintainKeys } from '../../src/tokens/key-schedule.ts'
import { createRefreshTokens } from '../../src/tokens/refresh-token.ts'
import type { MasterSecrets } from '../../src/tokens/secrets.ts'
import { type HandClock, handClock, testSecret } from '../harness.ts'

export const issuer = 'https://auth.example.com'
export const audience = 'https://api.example.com'

export interface WorkshopOptions {
  algorithm?: AlgorithmName
  typ?: AccessTokenType
  ttlSeconds?: number
  rotationSeconds?: number
  file?: string
  clock?: HandClock
  secrets?: MasterSecrets
  /** not maintained at the start: for whoever does that himself */
  bare?: true
}

/** Keys on a real store and the two kinds of token on them, with what a forger needs beside: the pieces. */
export async function openWorkshop(options: WorkshopOptions = {}) {
  const { file = ':memory:', clock = handClock(), secrets = [testSecret], ttlSeconds = 900 } = options
  const store = await openSqliteStore({ file, now: clock() })
  const keys: KeyRingOptions = {
    ...{ store, secrets, algorithm: options.algorithm ?? 'ES256', typ: options.typ ?? 'at+jwt' },
    ...{ accessTtlSeconds: ttlSeconds, rotationSeconds: options.rotationSeconds ?? 0 },
  }
  const keyRing = await openKeyRing(keys)
  const keyDeps = { ...keys, keyRing }
  if (!options.bare) await maintainKeys(keyDeps, clock())
  const access: AccessTokenOptions = { issuer, audience, clientId: 'countersign', ttlSeconds, keyRing }
  const accessTokens = createAccessTokens(access)
  const refreshTokens = createRefreshTokens({ issuer, secrets })
  return {
    ...{ clock, store, keyRing, keyDeps, secrets, access, accessTokens, refreshTokens },
    /** a good access token of a new session */
    issue: (username = 'alice') => accessTokens.issue(newSubject(clock(), username), clock()).token,
    issueRefresh: (generation = 0) => refreshTokens.issue(newSource(clock(), generation)),
    verify: (token: string) => accessTokens.verify(token, clock()),
    /** these very texts, signed by the current key: header and payload as they stand at the front of a token */
    signTexts(header: string, payload: string): string {
      return `${header}.${payload}.${keyRing.signer().sign(`${header}.${payload}`)}`
    },
    /** a token of ours in everything but its claims */
    signClaims(claims: unknown): string {
      return this.signTexts(keyRing.signer().header, encode(claims))
    },
    signHeader(header: unknown, claims: unknown): string {
      return this.signTexts(encode(header), encode(claims))
    },
    /** the key that everyone may read, as an object */
    publicKey() {
      const jwk = keyRing.published().find(({ kid }) => kid === keyRing.rows().find(isCurrent)?.kid)
      if (!jwk) throw new Error('there is no current key')
      return { jwk, key: createPublicKey({ key: jwk, format: 'jwk' }) }
    },
    close: () => store.close(),
  }
}

export type Workshop = Awaited<ReturnType<typeof openWorkshop>>

function isCurrent({ state }: { state: string }): boolean {
  return state === 'current'
}

export function newSubject(now: number, username = 'alice') {
  return { userId: newId(now), username, session: { id: newId(now), expiresAt: now + 604_800_000 } }
}

export function newSource(now: number, generation = 0) {
  const expiresAt = now + 604_800_000
  return { sessionId: newId(now), userId: newId(now), generation, rotatedAt: now, expiresAt }
}

/** base64url of a text or of a value's JSON */
export function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

export function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
}

export interface TokenParts {
  header: string
  payload: string
  signature: string
}

export function partsOf(token: string): TokenParts {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return { header, payload, signature }
}

export function join({ header, payload, signature }: TokenParts): string {
  return `${header}.${payload}.${signature}`
}
