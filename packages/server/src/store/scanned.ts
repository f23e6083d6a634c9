import type { Position, Scanned, SessionQuery, UserQuery } from './port/lists.ts'
import type { SessionRow, UserRow } from './schema.ts'

/**
 * A page, and where the next one begins: behind its last row, or where it is not full, where the looking ended.
 * @param end finds where that was; undefined where all there are were looked at
 */
async function pageOf<Row, Next>(
  rows: Row[],
  full: { limit: number; next: (last: Row) => Next },
  end: () => Promise<Next | undefined>,
): Promise<Scanned<Row, Next>> {
  const last = rows.at(-1)
  if (last !== undefined && rows.length >= full.limit) return { rows, next: full.next(last) }
  return { rows, next: await end() }
}

export function pageOfUsers(
  { by, limit }: UserQuery,
  rows: UserRow[],
  end: () => Promise<Position | undefined>,
) {
  const next = (last: UserRow): Position => ({ value: last[by] ?? '', id: last.id })
  return pageOf(rows, { limit, next }, end)
}

export function pageOfSessions(
  { limit }: SessionQuery,
  rows: SessionRow[],
  end: () => Promise<string | undefined>,
) {
  return pageOf(rows, { limit, next: ({ id }) => id }, end)
}
