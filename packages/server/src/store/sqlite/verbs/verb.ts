import type { Store } from '../../store.ts'
import type { Connection } from '../connection.ts'

type Verb = Required<Store>

/**
 * Verbs of the port as the writer runs them. Each runs inside a savepoint of its own; what it throws undoes it and
 * nothing else.
 */
export type Verbs<V extends keyof Store> = {
  [K in V]: (db: Connection, input: Parameters<Verb[K]>[0]) => Awaited<ReturnType<Verb[K]>>
}

/** The ids of what a statement returned. */
export function ids(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id)
}
