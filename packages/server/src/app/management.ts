import type { Audit } from '../audit/events.ts'
import { type Config, localAddress } from '../config/config.ts'
import { healthRoutes } from '../health/health.routes.ts'
import type { Check } from '../health/health.ts'
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
}

/** The HTTP server for operators, not yet listening: GET /metrics /livez /readyz, and nothing else. */
export function createManagementServer(deps: ManagementDeps): Promise<HttpServer> {
  const { managementHost, managementPort = 0 } = deps.config
  return createHttpServer({
    routes: [...metricsRoutes(deps), ...healthRoutes(deps)],
    api: {
      title: 'Countersign',
      version,
      description: 'Metrics and health.',
      address: localAddress(managementHost, managementPort),
    },
    corsOrigins: [],
    trustProxy: false,
    onFailure: failureListener(deps.audit),
  })
}
