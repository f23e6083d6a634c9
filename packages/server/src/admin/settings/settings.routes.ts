import type { AnyRoute } from '../../http/route.ts'
import { type AdminRouteDeps, adminRoutes } from '../admin-route.routes.ts'
import type { EffectiveSetting } from '../answers.ts'
import { Settings } from '../schemas.routes.ts'

type SettingsDeps = AdminRouteDeps & {
  config: {
    mode: string
    effective: readonly EffectiveSetting[]
    trustProxy: number | readonly string[] | false
  }
}

/** How the deployment is set. */
export function settingsRoutes(deps: SettingsDeps): AnyRoute[] {
  const { config } = deps
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
  ]
}
