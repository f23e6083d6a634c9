import { adminPath } from '../admin/description.routes.ts'
import type { Audit } from '../audit/events.ts'
import { type Config, localAddress } from '../config/config.ts'
import { healthRoutes } from '../health/health.routes.ts'
import type { Check } from '../health/health.ts'
import type { AnyRoute } from '../http/route.ts'
import { createHttpServer, type HttpServer } from '../http/server.ts'
import { metricsRoutes } from '../metrics/metrics.routes.ts'
import { version } from '../version.ts'
import { failureListener } from './listeners.ts'

export interface ManagementDeps {
  config: Config
  audit: Audit
  /** whether the processes behind it can do their work */
  readiness: () => Promise<Check[]>
  /** what they count and measure, in Prometheus' text format */
  metrics: () => Promise<string>
  /** the admin console and its API, where the settings have them here */
  console?: ((describe: () => Promise<object>) => AnyRoute[]) | undefined
}

/** The HTTP server for operators, not yet listening: GET /metrics /livez /readyz, and the console if it is here. */
export async function createManagementServer(deps: ManagementDeps): Promise<HttpServer> {
  const { managementHost, managementPort = 0 } = deps.config
  const made: { server?: HttpServer } = {}
  const consoleRoutes = deps.console?.(async () => (await made.server?.describe()) ?? {}) ?? []
  made.server = await createHttpServer({
    routes: [...metricsRoutes(deps), ...healthRoutes(deps), ...consoleRoutes],
    api: {
      title: 'Countersign',
      version,
      description: 'Metrics and health.',
      address: localAddress(managementHost, managementPort),
    },
    ...(deps.console && { problemsBelow: adminPath }),
    corsOrigins: [],
    trustProxy: false,
    onFailure: failureListener(deps.audit),
  })
  return made.server
}
