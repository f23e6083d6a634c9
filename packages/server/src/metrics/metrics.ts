import type { Audit } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import { countEvents } from './events.ts'
import { readersOf, type Watched } from './gauges.ts'
import { openInstruments } from './instruments.ts'
import { originOf, type Snapshot } from './merge.ts'
import type { GaugeName } from './table.ts'

/** What a process counts and measures of itself; made only where somebody can read it. */
export interface Metrics {
  /** @returns an audit that counts what it is told, and passes all of it on */
  countEvents(audit: Audit): Audit
  /** a request was answered */
  answered(answer: { method: string; route: string; status: number; durationMs: number }): void
  /** runs the hash of one password and measures it */
  measureHash<T>(algorithm: string, hash: () => Promise<T>): Promise<T>
  /** a password was turned away at the gate */
  hashRefused(reason: string): void
  /**
   * a batch of the table of sessions was looked at
   * @param live how many were live in the whole table, at the end of a walk through it
   */
  activeSessions(live: number | undefined): void
  /** shows the gauges from now on */
  watch(watched: Watched): void
  /** all of it in Prometheus' text format */
  text(): Promise<string>
  /** all of it as objects, to be merged with what other processes count */
  snapshot(): Promise<Snapshot>
}

/** Loads what metrics need, and counts from zero. */
export async function openMetrics(clock: Clock): Promise<Metrics> {
  const { registry, count, observe, show } = await openInstruments()
  const walk = rememberWalk(clock)
  const origin = originOf(newId(clock()))
  return {
    countEvents: (audit) => countEvents(audit, count),
    answered: ({ method, route, status, durationMs }) =>
      observe(
        'countersign_http_request_duration_seconds',
        { method, route, status: String(status) },
        durationMs / 1000,
      ),
    async measureHash(algorithm, hash) {
      const startedAt = clock()
      try {
        return await hash()
      } finally {
        const tookMs = Math.max(0, clock() - startedAt)
        observe('countersign_password_hash_duration_seconds', { algorithm }, tookMs / 1000)
      }
    },
    hashRefused: (reason) => count('countersign_password_hash_refusals_total', { reason }),
    activeSessions: walk.batch,
    watch(watched) {
      const readers = readersOf(watched, clock, walk.live)
      for (const name of Object.keys(readers) as GaugeName[]) show(name, async () => readers[name]())
    },
    text: () => registry.metrics(),
    snapshot: async () => [origin, ...(await registry.getMetricsAsJSON())],
  }
}

/** A process that has not walked for so long has handed the walking to another. */
const walkStaleMs = 600_000

/** The live sessions that the last whole walk found, for as long as this process goes on walking. */
function rememberWalk(clock: Clock) {
  let found: number | undefined
  let walkedAt = 0
  return {
    batch(live: number | undefined): void {
      found = live ?? found
      walkedAt = clock()
    },
    live: () => (clock() - walkedAt > walkStaleMs ? undefined : found),
  }
}
