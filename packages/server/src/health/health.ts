import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '../store/store.ts'
import type { KeyRing } from '../tokens/key-ring.ts'

export interface HealthDeps {
  store: Pick<Store, 'health'>
  keyRing: KeyRing
  /** whether the process is on its way out */
  isDraining: () => boolean
  /** how far the machine's clock is ahead of the database's, where the latter's time is used */
  clockSkewMs?: (() => number) | undefined
}

export interface Check {
  name: 'database' | 'migrations' | 'clock' | 'signing-key' | 'workers' | 'draining'
  ok: boolean
  detail: string
}

/** Whether this process should get traffic now; one check for each thing it cannot do without. */
export async function readiness(deps: HealthDeps): Promise<Check[]> {
  return [
    ...(await databaseChecks(deps)),
    ...clockChecks(deps),
    { name: 'signing-key', ...signingKey(deps.keyRing) },
    { name: 'draining', ok: !deps.isDraining(), detail: deps.isDraining() ? 'shutting down' : 'no' },
  ]
}

/** Whoever asks does not wait longer than this for the answer. */
const patienceMs = 2_000

async function databaseChecks({ store }: HealthDeps): Promise<Check[]> {
  const patience = new AbortController()
  try {
    const late = pause(patienceMs, undefined, { signal: patience.signal, ref: false })
    late.catch(() => undefined)
    const health = await Promise.race([store.health(), late])
    if (!health)
      return [{ name: 'database', ok: false, detail: `does not answer within ${patienceMs / 1000} s` }]
    const { pendingMigrations, isWritable } = health
    const pending = pendingMigrations.length === 0 ? 'at head' : `pending: ${pendingMigrations.join(', ')}`
    return [
      { name: 'database', ok: isWritable, detail: isWritable ? 'answers' : 'takes no writes' },
      { name: 'migrations', ok: pendingMigrations.length === 0, detail: pending },
    ]
  } catch {
    return [{ name: 'database', ok: false, detail: 'does not answer' }]
  } finally {
    patience.abort()
  }
}

const toleranceMs = 1_000

/** No reason to take no traffic: where there is a common clock, it is the one that counts. */
function clockChecks({ clockSkewMs }: HealthDeps): Check[] {
  const skewMs = clockSkewMs?.()
  if (skewMs === undefined) return []
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  const machine = `this machine’s is ${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'} and not used`
  return [{ name: 'clock', ok: true, detail: Math.abs(skewMs) < toleranceMs ? 'as the database’s' : machine }]
}

function signingKey(keyRing: KeyRing): { ok: boolean; detail: string } {
  const current = keyRing.rows().find((row) => row.state === 'current')
  return { ok: current !== undefined, detail: current ? current.kid : 'there is none' }
}
