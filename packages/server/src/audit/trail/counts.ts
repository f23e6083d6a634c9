import type { EventCount } from '../../store/schema.ts'
import type { Recorded } from './rows.ts'

const hourMs = 3_600_000

/** The beginning of the hour that an instant is in, epoch milliseconds both. */
export function hourOf(at: number): number {
  return at - (at % hourMs)
}

/** What events add to the counts of their hours. Of a flood the line counts that tells how many were thinned. */
export function countsOf(recorded: readonly Recorded[]): EventCount[] {
  const counts = new Map<string, EventCount>()
  const add = (event: string, hour: number, count: number) => {
    const key = `${hour} ${event}`
    counts.set(key, { hour, event, count: (counts.get(key)?.count ?? 0) + count })
  }
  for (const { event, fields, happenedAt } of recorded) {
    const hour = hourOf(happenedAt)
    add(event, hour, 1)
    if (event === 'audit.thinned') add(fields.about ?? '', hour, fields.count ?? 0)
  }
  return [...counts.values()]
}
