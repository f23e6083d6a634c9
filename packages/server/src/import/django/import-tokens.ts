import type { ForeignDatabase } from '../../store/foreign/foreign.ts'
import type { NewLegacyToken } from '../../store/port/imports.ts'
import type { Store } from '../../store/store.ts'
import { count, type Tally } from '../report.ts'
import { djangoId } from './django-id.ts'

/** Of simplejwt's blacklist app. The second holds those of the first that are blacklisted. */
const outstanding = 'token_blacklist_outstandingtoken'
const blacklisted = 'token_blacklist_blacklistedtoken'

/** Whether the project keeps the refresh tokens that it gives out. */
export async function hasTokens(db: ForeignDatabase): Promise<boolean> {
  return (await db.columnsOf(outstanding)).includes('jti')
}

export interface TokenManner {
  /** epoch milliseconds: what ends before is left behind */
  now: number
  /** stops the work between two batches */
  signal: AbortSignal
}

const pageRows = 1_000

/**
 * Brings along what is known of the refresh tokens that are still good: number, user, end, whether it is blacklisted.
 * Of their texts only the user is read, and only where the row has none: so simplejwt before 5.5 writes down what a
 * rotation gave out, once it is blacklisted.
 * @returns how many of what
 */
export async function importTokens(
  store: Pick<Store, 'importLegacyTokens'>,
  db: ForeignDatabase,
  { now, signal }: TokenManner,
): Promise<Tally> {
  const tally: Tally = {}
  const hasBlacklist = (await db.columnsOf(blacklisted)).includes('token_id')
  const columns = { id: 'text', jti: 'text', user_id: 'text', token: 'text', expires_at: 'instant' } as const
  const later = { column: 'expires_at', than: now }
  let after: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const rows = await db.read({ table: outstanding, columns, key: 'id', after, limit: pageRows, later })
    const ids = rows.map(({ id }) => String(id))
    const revoked = hasBlacklist ? await blacklistedAmong(db, ids) : new Set<string>()
    const tokens = rows
      .map<NewLegacyToken>(({ id, jti, user_id, token, expires_at }) => ({
        ...{ jti: String(jti), user_id: djangoId(String(user_id ?? userOf(token))) },
        ...{ expires_at: Number(expires_at), is_blacklisted: revoked.has(String(id)) ? 1 : 0 },
      }))
      .filter(({ user_id }) => user_id !== '')
    // Also of none: from now on a token that is not among them is unlisted.
    for (const outcome of await store.importLegacyTokens(tokens)) count(tally, `tokens_${outcome}`)
    if (rows.length < pageRows) return tally
    after = ids.at(-1)
  }
}

/** Whom a token is for, by its own word; empty where it says nothing. */
function userOf(token: unknown): string | number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())
    return (claims as { user_id?: string | number } | null)?.user_id ?? ''
  } catch {
    return ''
  }
}

async function blacklistedAmong(db: ForeignDatabase, ids: readonly string[]): Promise<Set<string>> {
  const columns = { token_id: 'text' } as const
  const rows = await db.pick({ table: blacklisted, columns, by: 'token_id', values: ids })
  return new Set(rows.map(({ token_id }) => String(token_id)))
}
