import type { AnyRoute } from '../../http/route.ts'
import type { Store } from '../../store/store.ts'
import { version } from '../../version.ts'
import { type AdminRouteDeps, adminRoutes } from '../admin-route.routes.ts'
import type { EffectiveSetting, System as SystemAnswer } from '../answers.ts'
import { Settings, System } from '../schemas.routes.ts'

type SettingsDeps = AdminRouteDeps & {
  store: AdminRouteDeps['store'] & Pick<Store, 'health'>
  config: {
    mode: string
    issuer: string
    database: { kind: SystemAnswer['database'] }
    effective: readonly EffectiveSetting[]
    trustProxy: number | readonly string[] | false
  }
  /** whether this process can do its work */
  checks: () => Promise<SystemAnswer['checks']>
  /** how long this process has been there */
  uptimeSeconds: () => number
}

/** What the deployment is and how it is set. */
export function settingsRoutes(deps: SettingsDeps): AnyRoute[] {
  const { config, store } = deps
  const make = adminRoutes(deps)
  return [
    make({
      ...{ method: 'GET', path: '/api/admin/settings/', name: 'Admin Settings', permission: 'settings.read' },
      summary: 'Every setting and where it comes from; and how this request looks from here',
      answers: { 200: Settings },
      async act(request) {
        const { mode, effective: items, trustProxy } = config
        const you = {
          address: request.origin.address,
          forwarded_for: request.header('x-forwarded-for') ?? null,
          host: request.header('host') ?? null,
          trust_proxy: trustProxy === false ? 'off' : [trustProxy].flat().join(', '),
        }
        return { body: { mode, items, you } }
      },
    }),
    make({
      ...{ method: 'GET', path: '/api/admin/system/', name: 'Admin System', permission: 'system.read' },
      summary: 'Version, database, health',
      answers: { 200: System },
      async act() {
        const { pendingMigrations: pending_migrations } = await store.health()
        const checks = await deps.checks()
        const { mode, issuer, database } = config
        const what = { version, node: process.version, mode, issuer, database: database.kind }
        const uptime_seconds = Math.floor(deps.uptimeSeconds())
        return { body: { ...what, uptime_seconds, pending_migrations, checks } }
      },
    }),
  ]
}
