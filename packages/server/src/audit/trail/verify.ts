import { chainOf } from '../../store/audit-chain.ts'
import type { AuditRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { digestOfPersonal } from './rows.ts'

/** What is wrong with the first event that does not fit. */
export type ChainFault =
  /** it is not there, or another stands in its place */
  | 'missing'
  /** it, or the link to the one before it, was changed */
  | 'changed'
  /** its personal part is another than at the time */
  | 'personal_changed'
  /** the end of the chain is gone, or what is noted of it was changed */
  | 'end_changed'

export type ChainVerdict =
  /** from the first number to the last; of an empty trail the last is before the first */
  | { outcome: 'whole'; first: number; last: number; chain: Uint8Array | null }
  | { outcome: 'broken'; number: number; fault: ChainFault }

type ChainReader = Pick<Store, 'readChain' | 'readEvents'>

const pageSize = 500

/**
 * Walks the whole chain from where it is kept to its end, while others append to it or delete its beginning. It finds
 * whatever was changed by somebody who did not compute all later links anew.
 */
export async function verifyChain(store: ChainReader): Promise<ChainVerdict> {
  for (;;) {
    const verdict = await walk(store)
    if (verdict !== 'beginning_moved') return verdict
  }
}

async function walk(store: ChainReader): Promise<ChainVerdict | 'beginning_moved'> {
  const { kept_after, kept_chain, last_number, last_chain } = await store.readChain()
  let at = { number: kept_after, chain: kept_chain }
  while (at.number < last_number) {
    const rows = await store.readEvents({ after: at.number, limit: pageSize })
    const hasMoved = async () => (await store.readChain()).kept_after > at.number
    for (const row of rows) {
      const fault = faultOf(row, at)
      if (fault && (await hasMoved())) return 'beginning_moved'
      if (fault) return { outcome: 'broken', number: at.number + 1, fault }
      at = row
      if (at.number === last_number) break
    }
    if (rows.length === 0 && (await hasMoved())) return 'beginning_moved'
    if (rows.length === 0) return { outcome: 'broken', number: at.number + 1, fault: 'missing' }
  }
  if (!same(at.chain, last_chain)) return { outcome: 'broken', number: last_number, fault: 'end_changed' }
  const [beyond] = await store.readEvents({ after: last_number, limit: 1 })
  const fault = beyond && faultOf(beyond, at)
  if (fault) return { outcome: 'broken', number: last_number + 1, fault }
  return { outcome: 'whole', first: kept_after + 1, last: last_number, chain: at.chain }
}

function faultOf(row: AuditRow, before: Pick<AuditRow, 'number'> & { chain: Uint8Array | null }) {
  if (row.number !== before.number + 1) return 'missing'
  if (!same(chainOf(before.chain, row.number, row), row.chain)) return 'changed'
  const isErased = row.personal === null && row.personal_salt === null
  const digest = digestOfPersonal(row.personal, row.personal_salt)
  return isErased || same(digest, row.personal_digest) ? undefined : 'personal_changed'
}

function same(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return Buffer.from(a ?? []).equals(Buffer.from(b ?? []))
}
