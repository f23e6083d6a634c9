import { hourOf } from '../../audit/trail/counts.ts'
import type { EventCount } from '../../store/schema.ts'
import { isoText } from '../../times.ts'
import type { Counts } from '../answers.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** What each line of the charts counts. */
const lines = {
  logins: ['auth.login.succeeded'],
  failures: ['auth.login.failed'],
  registrations: ['auth.register.succeeded'],
  reuse: ['auth.refresh.reuse_detected'],
  throttled: ['auth.throttled'],
} as const satisfies Readonly<Record<Exclude<keyof Counts, 'from'>, readonly string[]>>

/** Since when counts are needed. */
export function beginOfSeries(now: number): number {
  return dayOf(now) - 29 * dayMs
}

/** The last 24 hours by the hour, the last 30 days by the day (UTC), oldest first; the last of each is not over yet. */
export function seriesOf(counts: readonly EventCount[], now: number): { hours: Counts[]; days: Counts[] } {
  const times = (count: number, stepMs: number, last: number) =>
    Array.from({ length: count }, (_, index) => last - (count - 1 - index) * stepMs)
  const within = (from: number, lengthMs: number) =>
    sumUp(
      from,
      counts.filter(({ hour }) => hour >= from && hour < from + lengthMs),
    )
  return {
    hours: times(24, hourMs, hourOf(now)).map((from) => within(from, hourMs)),
    days: times(30, dayMs, dayOf(now)).map((from) => within(from, dayMs)),
  }
}

/** How many events of a kind the last 24 hours have. */
export function lastDayOf(counts: readonly EventCount[], event: string, now: number): number {
  const recent = counts.filter((one) => one.event === event && one.hour > now - dayMs)
  return recent.reduce((sum, { count }) => sum + count, 0)
}

function dayOf(at: number): number {
  return at - (at % dayMs)
}

function sumUp(from: number, counts: readonly EventCount[]): Counts {
  const sum = (events: readonly string[]) =>
    counts.reduce((total, { event, count }) => (events.includes(event) ? total + count : total), 0)
  const { logins, failures, registrations, reuse, throttled } = lines
  return {
    ...{ from: isoText(from), logins: sum(logins), failures: sum(failures) },
    ...{ registrations: sum(registrations), reuse: sum(reuse), throttled: sum(throttled) },
  }
}
