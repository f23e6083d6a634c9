import type { Candidate } from '../import-users.ts'
import { parseRecord } from '../parse-record.ts'
import { readRecords } from '../read-records.ts'
import { fromAuth0 } from './auth0.ts'
import { ReadError } from './csv.ts'
import { fromDevise } from './devise.ts'
import { type FirebaseHashing, fromFirebase } from './firebase.ts'
import { fromKeycloak } from './keycloak.ts'
import { listedUsers, type PlacedRecord, tableRows } from './rows.ts'
import { fromSupabase } from './supabase.ts'

/** What some files do not say of themselves. */
export interface ReaderKnowledge {
  /** epoch milliseconds */
  now: number
  /** of Firebase */
  hashing: FirebaseHashing | undefined
  /** of Devise */
  hashes: 'peppered' | 'plain'
}

type Reader = (bytes: AsyncIterable<Buffer>, knowledge: ReaderKnowledge) => AsyncIterable<Candidate>

/** Every format of a file of users, by the name under which it is asked for. */
export const readers = {
  countersign: (bytes) => readRecords(bytes),
  keycloak: (bytes) => each(listedUsers(bytes), fromKeycloak),
  firebase: (bytes, { hashing }) => each(listedUsers(bytes), (user) => fromFirebase(user, hashing)),
  supabase: (bytes, { now }) => each(tableRows(bytes), (row) => fromSupabase(row, now)),
  auth0: (bytes) => each(tableRows(bytes), fromAuth0),
  devise: (bytes, { hashes }) => each(tableRows(bytes), (row) => fromDevise(row, hashes)),
} as const satisfies Readonly<Record<string, Reader>>

export type ReaderName = keyof typeof readers

type ToRecord = (record: NonNullable<PlacedRecord['record']>) => object | undefined

async function* each(rows: AsyncIterable<PlacedRecord>, toRecord: ToRecord): AsyncGenerator<Candidate> {
  for await (const { row, record } of rows) {
    const given = record ? understand(record, toRecord) : unreadable
    if (given === unreadable) yield { row, faults: ['it cannot be read'] }
    else if (given !== undefined) yield { row, ...parseRecord(given) }
  }
}

const unreadable = Symbol()

/** A member that is no object where its system always has one is met only in files that somebody has changed. */
function understand(record: Parameters<ToRecord>[0], toRecord: ToRecord) {
  try {
    return toRecord(record)
  } catch (thrown) {
    if (thrown instanceof ReadError) throw thrown
    return unreadable
  }
}
