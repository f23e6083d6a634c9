import type { ChangeKeysInput } from '../store/port/keys.ts'
import type { SigningKeyRow } from '../store/schema.ts'
import type { KeyRing, KeyRingOptions } from './key-ring.ts'
import { newSigningKey, resealed } from './signing-key.ts'

/** Resource servers may keep a JWKS this long; no key signs before it was published for that time. */
export const jwksMaxAgeSeconds = 300

/** Between two readings of the keys, and for clocks that differ. */
const marginSeconds = 60

export type RotateOutcome = 'rotated' | 'too_early' | 'conflict'

interface Deps extends KeyRingOptions {
  keyRing: KeyRing
}

/**
 * Brings the keys to what they should be now: a current and a next one of the configured algorithm, rotation when it
 * is due, retirement of keys whose last token has expired, private parts under the newest secret. Safe to run in many
 * processes at once: who comes second changes nothing.
 * @param now epoch milliseconds
 * @returns whether the current key was rotated; `too_early` where it was not due
 */
export async function maintainKeys(deps: Deps, now: number): Promise<RotateOutcome> {
  await deps.keyRing.reload()
  await create(deps, now)
  await replaceNext(deps, now)
  const rotation = isDue(deps, now) ? await rotateKeys(deps, now) : 'too_early'
  await retire(deps, now)
  await reseal(deps, now)
  return rotation
}

/**
 * `next` becomes `current`, `current` becomes `retiring` and forgets its private part, a new `next` is published.
 * @param when `at_once` does not wait for `next` to be known: resource servers that keep an older JWKS refuse the new
 *   tokens until they read it again
 * @returns `too_early` while resource servers may not have seen `next` yet, or where there is none
 */
export async function rotateKeys(
  deps: Deps,
  now: number,
  when: 'once_known' | 'at_once' = 'once_known',
): Promise<RotateOutcome> {
  const { current, next } = roles(deps)
  if (!current || !next || (when === 'once_known' && knownAt(next) > now)) return 'too_early'
  const move = [retiring(deps, current, now), promoted(next, now)]
  return (await change(deps, { now, move, insert: [await fresh(deps, now)] })) ? 'rotated' : 'conflict'
}

/**
 * Ends a key at once, for one that leaked: it leaves the JWKS and every token it signed dies. Sessions go on: their
 * clients refresh.
 */
export async function revokeKey(
  deps: Deps,
  kid: string,
  now: number,
): Promise<'revoked' | 'unknown' | 'conflict'> {
  const { current, next, rows } = roles(deps)
  const row = rows.find((one) => one.kid === kid && one.state !== 'retired')
  if (!row) return 'unknown'
  const move = [retired(row, now)]
  if (row === current && next) move.push(promoted(next, now))
  const insert = row === current || row === next ? [await fresh(deps, now)] : []
  return (await change(deps, { now, move, insert })) ? 'revoked' : 'conflict'
}

type Move = ChangeKeysInput['move'][number]

function retiring({ accessTtlSeconds }: Deps, { kid }: SigningKeyRow, now: number): Move {
  const retires_at = now + (accessTtlSeconds + marginSeconds) * 1000
  return { kid, from: 'current', set: { state: 'retiring', retires_at, private_sealed: null } }
}

function promoted({ kid }: SigningKeyRow, now: number): Move {
  return { kid, from: 'next', set: { state: 'current', activated_at: now } }
}

function retired({ kid, state }: SigningKeyRow, now: number): Move {
  return { kid, from: state, set: { state: 'retired', retires_at: now, private_sealed: null } }
}

function fresh({ algorithm, secrets }: Deps, now: number): Promise<SigningKeyRow> {
  return newSigningKey(algorithm, secrets, now)
}

/** From when on every resource server has read a JWKS with this key in it; epoch milliseconds. */
export function knownAt(key: SigningKeyRow): number {
  return key.created_at + (jwksMaxAgeSeconds + marginSeconds) * 1000
}

function roles({ keyRing }: Deps) {
  const rows = keyRing.rows()
  const inState = (state: string) => rows.find((row) => row.state === state)
  return { rows, current: inState('current'), next: inState('next') }
}

async function change({ store, keyRing }: Deps, input: ChangeKeysInput): Promise<boolean> {
  const outcome = await store.changeKeys(input)
  await keyRing.reload()
  return outcome === 'changed'
}

async function create(deps: Deps, now: number): Promise<void> {
  if (roles(deps).current) return
  const first: SigningKeyRow = { ...(await fresh(deps, now)), state: 'current', activated_at: now }
  await change(deps, { now, move: [], insert: [first] })
}

async function replaceNext(deps: Deps, now: number): Promise<void> {
  const { next } = roles(deps)
  if (next?.algorithm === deps.algorithm) return
  await change(deps, { now, move: next ? [retired(next, now)] : [], insert: [await fresh(deps, now)] })
}

function isDue(deps: Deps, now: number): boolean {
  const { current, next } = roles(deps)
  if (!current || !next || knownAt(next) > now) return false
  if (current.algorithm !== deps.algorithm) return true
  return deps.rotationSeconds > 0 && (current.activated_at ?? now) + deps.rotationSeconds * 1000 <= now
}

async function retire(deps: Deps, now: number): Promise<void> {
  const due = roles(deps).rows.filter((row) => row.state === 'retiring' && (row.retires_at ?? now) <= now)
  for (const row of due) await change(deps, { now, move: [retired(row, now)], insert: [] })
}

async function reseal(deps: Deps, now: number): Promise<void> {
  for (const row of roles(deps).rows.filter((one) => one.private_sealed)) {
    const private_sealed = resealed(row, deps.secrets)
    if (private_sealed)
      await change(deps, {
        now,
        move: [{ kid: row.kid, from: row.state, set: { private_sealed } }],
        insert: [],
      })
  }
}
