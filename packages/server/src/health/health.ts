import type { Store } from '../store/store.ts'
import type { KeyRing } from '../tokens/key-ring.ts'

export interface HealthDeps {
  store: Pick<Store, 'health'>
  keyRing: KeyRing
  /** whether the process is on its way out */
  isDraining: () => boolean
}

export interface Check {
  name: 'database' | 'migrations' | 'signing-key' | 'draining'
  ok: boolean
  detail: string
}

/** Whether this process should get traffic now; one check for each thing it cannot do without. */
export async function readiness(deps: HealthDeps): Promise<Check[]> {
  return [
    ...(await databaseChecks(deps)),
    { name: 'signing-key', ...signingKey(deps.keyRing) },
    { name: 'draining', ok: !deps.isDraining(), detail: deps.isDraining() ? 'shutting down' : 'no' },
  ]
}

async function databaseChecks({ store }: HealthDeps): Promise<Check[]> {
  try {
    const { pendingMigrations } = await store.health()
    const pending = pendingMigrations.length === 0 ? 'at head' : `pending: ${pendingMigrations.join(', ')}`
    return [
      { name: 'database', ok: true, detail: 'answers' },
      { name: 'migrations', ok: pendingMigrations.length === 0, detail: pending },
    ]
  } catch {
    return [{ name: 'database', ok: false, detail: 'does not answer' }]
  }
}

function signingKey(keyRing: KeyRing): { ok: boolean; detail: string } {
  const current = keyRing.rows().find((row) => row.state === 'current')
  return { ok: current !== undefined, detail: current ? current.kid : 'there is none' }
}
