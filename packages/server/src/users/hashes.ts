import type { Audit } from '../audit/events.ts'
import type { DescribeHash, HashDescription } from '../passwords/describe.ts'
import { wrapWeak } from '../passwords/formats/wrapped.ts'
import type { Passwords } from '../passwords/passwords.ts'
import type { UserRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'

/** What an operator needs to see which hashes there are. */
export interface HashesDeps {
  store: Pick<Store, 'listPasswordHashes'>
  describeHash: DescribeHash
}

/** Users whose hashes are of one kind. */
export interface HashCount extends HashDescription {
  users: number
}

/** Rows of a few hundred bytes each. */
const pageSize = 10_000

/** Counts users by the format and the parameters of their hashes, by name; reads each hash once. */
export async function countHashes({ store, describeHash }: HashesDeps): Promise<HashCount[]> {
  const counts = new Map<string, HashCount>()
  for await (const { password_hash } of walk(store)) {
    const described = describeHash(password_hash)
    const key = JSON.stringify(described)
    const count = counts.get(key) ?? { ...described, users: 0 }
    count.users += 1
    counts.set(key, count)
  }
  return [...counts.keys()].sort().flatMap((key) => counts.get(key) ?? [])
}

/** What wraps the weak hashes of users who do not come by. */
export interface WrapHashesDeps extends HashesDeps {
  store: Pick<Store, 'listPasswordHashes' | 'rehashPassword'>
  passwords: Pick<Passwords, 'hash'>
  audit: Audit
}

export interface WrapHashesOptions {
  /** how many are hashed at once */
  parallel: number
  /** its abort ends the work after the hashes that are on the way */
  signal: AbortSignal
  /** told how many are done */
  onProgress: (done: number) => void
}

/**
 * Wraps every hash that is weak and can be wrapped. One that changes meanwhile is left alone, since its user has just
 * logged in or has a new password. Whatever was done is done: the same call again goes on.
 * @returns how many were wrapped
 */
export async function wrapHashes(deps: WrapHashesDeps, options: WrapHashesOptions): Promise<number> {
  const { parallel, signal, onProgress } = options
  let done = 0
  let batch: HashRow[] = []
  const wrapBatch = async () => {
    await Promise.all(batch.map((row) => wrap(deps, row)))
    done += batch.length
    batch = []
    onProgress(done)
  }
  try {
    for await (const row of walk(deps.store)) {
      if (deps.describeHash(row.password_hash).canWrap) batch.push(row)
      if (batch.length === parallel) await wrapBatch()
      if (signal.aborted) break
    }
    await wrapBatch()
  } finally {
    if (done > 0) deps.audit.record('user.hashes_wrapped', { count: done })
  }
  return done
}

type HashRow = Pick<UserRow, 'id' | 'password_hash'>

async function wrap(
  { store, passwords }: WrapHashesDeps,
  { id, password_hash: from }: HashRow,
): Promise<void> {
  const to = await wrapWeak(from, (text) => passwords.hash(text))
  if (to !== undefined) await store.rehashPassword({ userId: id, from, to })
}

async function* walk(store: HashesDeps['store']): AsyncGenerator<HashRow> {
  let after: string | undefined
  do {
    const page = await store.listPasswordHashes({ after, limit: pageSize })
    yield* page
    after = page.at(-1)?.id
  } while (after !== undefined)
}
