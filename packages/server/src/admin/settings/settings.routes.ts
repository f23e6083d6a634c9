import type { AnyRoute, HttpRequest } from '../../http/route.ts'
import { type AdminRouteDeps, adminRoutes } from '../admin-route.routes.ts'
import type { EffectiveSetting, Settings as SettingsAnswer } from '../answers.ts'
import { Settings } from '../schemas.routes.ts'

type SettingsDeps = AdminRouteDeps & {
  config: { mode: string; effective: readonly EffectiveSetting[] }
  /** whom the listener believes that this is asked at */
  trustProxy: number | readonly string[] | false
}

/** How the deployment is set. */
export function settingsRoutes(deps: SettingsDeps): AnyRoute[] {
  const { mode, effective } = deps.config
  return [
    adminRoutes(deps)({
      ...{ method: 'GET', path: '/api/admin/settings/', name: 'Admin Settings', permission: 'settings.read' },
      summary: 'Every setting and where it comes from; and how this request looks from here',
      answers: { 200: Settings },
      act: async (request) => ({ body: { mode, items: effective, you: seen(deps, request) } }),
    }),
  ]
}

function seen({ trustProxy }: SettingsDeps, request: HttpRequest<unknown>): SettingsAnswer['you'] {
  const { address } = request.origin
  const forwarded = request.header('x-forwarded-for')
  const peer = request.peer()
  return {
    ...{ address, peer, forwarded_for: forwarded ?? null, host: request.header('host') ?? null },
    trust_proxy: trustProxy === false ? 'off' : [trustProxy].flat().join(', '),
    verdict: verdictOn({ address, peer, forwarded, isTrusting: trustProxy !== false }),
  }
}

interface Seen {
  address: string
  peer: string
  forwarded: string | undefined
  isTrusting: boolean
}

/** A proxy on the client's own machine has the client's address. */
function verdictOn({ address, peer, forwarded, isTrusting }: Seen): SettingsAnswer['you']['verdict'] {
  if (forwarded === undefined) return 'direct'
  const isNamed = forwarded.split(',').some((one) => one.trim() === address)
  return address !== peer || (isTrusting && isNamed) ? 'believed' : 'not_believed'
}
