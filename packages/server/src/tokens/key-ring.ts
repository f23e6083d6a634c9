import { AuthError } from '../errors.ts'
import type { SigningKeyRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { AlgorithmName } from './algorithms.ts'
import type { JwtSigner, JwtVerifier, Verifiers } from './jwt.ts'
import type { MasterSecrets } from './secrets.ts'
import { headerOf, type PublicJwk, parsePublicJwk, signerOf, verifierOf } from './signing-key.ts'

/** The `typ` values that an access token of ours may carry; which one is written is a setting. */
export const accessTokenTypes = ['at+jwt', 'JWT'] as const
export type AccessTokenType = (typeof accessTokenTypes)[number]

export interface KeyRingOptions {
  store: Pick<Store, 'listKeys' | 'changeKeys'>
  secrets: MasterSecrets
  algorithm: AlgorithmName
  typ: AccessTokenType
  /** how long a retiring key must stay published after its last signature */
  accessTtlSeconds: number
  /** a key signs this long before the next one takes over; 0 leaves it to the command */
  rotationSeconds: number
}

/** The keys as this process sees them; `reload` brings it up to what every process sees. */
export interface KeyRing {
  signer(): JwtSigner
  verifiers(): Verifiers
  /** what the JWKS shows: every key that signs, will sign, or whose tokens still live */
  published(): readonly PublicJwk[]
  rows(): readonly SigningKeyRow[]
  /** reads the keys again; listeners hear of it where something changed */
  reload(): Promise<void>
  onChange(listener: () => void): void
}

interface Snapshot {
  fingerprint: string
  rows: readonly SigningKeyRow[]
  signer: JwtSigner | undefined
  verifiers: Verifiers
}

/**
 * Reads the keys of the deployment. A deployment without any has none until `maintainKeys` has run.
 * @throws AuthError `unavailable` if a private part does not open under the master secrets
 */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const listeners: (() => void)[] = []
  let held = snapshot(await options.store.listKeys(), options)

  async function reload(): Promise<void> {
    const rows = await options.store.listKeys()
    // Keys retire, they never vanish: whoever emptied the table (a restore under way) has not revoked a single one.
    if (rows.length === 0 && held.rows.length > 0)
      throw new AuthError('unavailable', { reason: 'the keys are gone' })
    if (fingerprintOf(rows) === held.fingerprint) {
      // Nothing that signs or verifies has changed, but the schedule must see what was sealed anew.
      held = { ...held, rows }
      return
    }
    held = snapshot(rows, options)
    for (const listener of listeners) listener()
  }

  return {
    signer() {
      if (!held.signer) throw new Error('there is no current signing key')
      return held.signer
    },
    verifiers: () => held.verifiers,
    published: () => held.rows.filter(isPublished).map(parsePublicJwk),
    rows: () => held.rows,
    reload,
    onChange: (listener) => void listeners.push(listener),
  }
}

function isPublished(row: SigningKeyRow): boolean {
  return row.state !== 'retired'
}

function fingerprintOf(rows: readonly SigningKeyRow[]): string {
  return rows.map((row) => `${row.kid} ${row.state}`).join('\n')
}

function snapshot(rows: readonly SigningKeyRow[], { secrets, typ }: KeyRingOptions): Snapshot {
  const current = rows.find((row) => row.state === 'current')
  const verifiers = new Map<string, JwtVerifier>()
  for (const row of rows.filter(isPublished)) {
    const verifier = verifierOf(row)
    for (const type of accessTokenTypes) verifiers.set(headerOf(row, type), verifier)
  }
  return {
    fingerprint: fingerprintOf(rows),
    rows,
    signer: current && signerOf(current, secrets, typ),
    verifiers,
  }
}
