import type { Finding } from '../../doctor/finding.ts'
import type { AnyRoute } from '../../http/route.ts'
import { migrations } from '../../store/migrate.ts'
import type { Store } from '../../store/store.ts'
import { version } from '../../version.ts'
import { type AdminRouteDeps, adminRoutes } from '../admin-route.routes.ts'
import type { DoctorCheck, System as SystemAnswer } from '../answers.ts'
import { Doctor, System } from '../schemas.routes.ts'

type SystemDeps = AdminRouteDeps & {
  store: AdminRouteDeps['store'] & Pick<Store, 'health'>
  config: {
    mode: string
    issuer: string
    workers: number
    database: { kind: SystemAnswer['database']['kind'] }
  }
  /** whether this process can do its work */
  checks: () => Promise<SystemAnswer['checks']>
  databaseFacts: () => Promise<{ server: string | undefined; sizeBytes: number | undefined }>
  /** what `countersign doctor` would find, as far as it holds nobody up */
  examine: () => Promise<readonly Finding[]>
  /** the process that answers, as Node tells of it */
  running: Pick<NodeJS.Process, 'pid' | 'platform' | 'arch' | 'version' | 'memoryUsage' | 'uptime'>
}

/** What runs here, and how it is. */
export function systemRoutes(deps: SystemDeps): AnyRoute[] {
  const make = adminRoutes(deps)
  const path = '/api/admin/system/'
  return [
    make({
      ...{ method: 'GET', path, name: 'Admin System', permission: 'system.read', answers: { 200: System } },
      summary: 'Version, process, database, migrations, health',
      description: 'Of several workers, the one that answers.',
      act: async () => ({ body: await describe(deps) }),
    }),
    make({
      ...{ method: 'GET', path: `${path}doctor/`, name: 'Admin Doctor', permission: 'system.examine' },
      summary: 'What `countersign doctor` finds, with what to do about it',
      description:
        'It greets the mail server, so it may take seconds. Left out is what would hold requests up: reading the ' +
        'whole database file, and measuring a hash.',
      answers: { 200: Doctor },
      act: async () => ({ body: { items: (await deps.examine()).map(told) } }),
    }),
  ]
}

async function describe(deps: SystemDeps): Promise<SystemAnswer> {
  const { config, running } = deps
  const [{ pendingMigrations: pending }, checks, facts] = await Promise.all([
    deps.store.health(),
    deps.checks(),
    deps.databaseFacts(),
  ])
  const applied = migrations.map(({ id }) => id).filter((id) => !pending.includes(id))
  const { rss, heapUsed } = running.memoryUsage()
  return {
    ...{ version, node: running.version, platform: `${running.platform} ${running.arch}` },
    ...{ mode: config.mode, issuer: config.issuer },
    process: {
      ...{ pid: running.pid, workers: config.workers, uptime_seconds: Math.floor(running.uptime()) },
      ...{ memory_bytes: rss, heap_bytes: heapUsed },
    },
    database: {
      kind: config.database.kind,
      ...{ server: facts.server ?? null, size_bytes: facts.sizeBytes ?? null },
    },
    ...{ applied_migrations: applied, pending_migrations: pending, checks },
  }
}

const states = { ok: 'ok', warn: 'warning', fail: 'problem' } as const

function told({ check, level, says, mend }: Finding): DoctorCheck {
  return { name: check, state: states[level], what: says, mend: mend ?? null }
}
