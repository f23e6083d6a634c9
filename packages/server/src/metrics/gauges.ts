import type { Clock } from '../clock.ts'
import { version } from '../version.ts'
import type { Sample } from './instruments.ts'
import type { GaugeName } from './table.ts'

/** What the gauges look at, whenever somebody reads them: of the rooms only what they need. */
export interface Watched {
  config: { hashParallel: number; hashQueue: number; keyRotationSeconds: number }
  gate: { depth(): { running: number; waiting: number } }
  revoked: { size(): number }
  keyRing: {
    rows(): readonly { kid: string; state: string; created_at: number; activated_at: number | null }[]
  }
  store: { connections?(): { active: number; idle: number; waiting: number } }
  /** how far the machine's clock is ahead of the database's, where the latter's time is used */
  clockSkewMs?: (() => number) | undefined
  /** must not reject */
  readiness(isDraining: () => boolean): Promise<readonly { ok: boolean }[]>
}

type Readers = { [Name in GaugeName]: () => readonly Sample<Name>[] | Promise<readonly Sample<Name>[]> }

/**
 * A reading of each gauge.
 * @param activeSessions live sessions of the deployment, where this process knows
 */
export function readersOf(watched: Watched, clock: Clock, activeSessions: () => number | undefined): Readers {
  const { config, gate, revoked, keyRing, clockSkewMs } = watched
  const { connections } = watched.store
  return {
    countersign_build_info: () => [{ labels: { version, node: process.versions.node }, value: 1 }],
    countersign_ready: async () => just((await isReady(watched)) ? 1 : 0),
    countersign_password_hashes_running: () => just(gate.depth().running),
    countersign_password_hash_slots: () => just(config.hashParallel),
    countersign_password_hash_queue_depth: () => just(gate.depth().waiting),
    countersign_password_hash_queue_limit: () => just(config.hashQueue),
    countersign_active_sessions: () => just(activeSessions()),
    countersign_revoked_sessions: () => just(revoked.size()),
    countersign_signing_key_age_seconds: () => keyAges(keyRing.rows(), clock()),
    countersign_signing_key_rotation_seconds: () => just(config.keyRotationSeconds),
    countersign_db_pool_connections: () =>
      Object.entries(connections?.() ?? {}).map(([state, value]) => ({ labels: { state }, value })),
    countersign_clock_skew_seconds: () => just(clockSkewMs && clockSkewMs() / 1000),
  }
}

function just(value: number | undefined): readonly Sample<GaugeWithoutLabels>[] {
  return value === undefined ? [] : [{ labels: {}, value }]
}

type GaugeWithoutLabels = {
  [Name in GaugeName]: Record<never, string> extends Sample<Name>['labels'] ? Name : never
}[GaugeName]

/** One that is on its way out can still do its work: `/readyz` tells the two apart. */
async function isReady({ readiness }: Watched): Promise<boolean> {
  return (await readiness(() => false)).every(({ ok }) => ok)
}

function keyAges(
  rows: ReturnType<Watched['keyRing']['rows']>,
  now: number,
): Sample<'countersign_signing_key_age_seconds'>[] {
  return rows
    .filter(({ state }) => state !== 'retired')
    .map(({ kid, state, created_at, activated_at }) => ({
      labels: { kid, state },
      value: Math.max(0, now - (activated_at ?? created_at)) / 1000,
    }))
}
