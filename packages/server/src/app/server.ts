import { adminPath, publicPart } from '../admin/description.routes.ts'
import { createHttpServer, type HttpServer } from '../http/server.ts'
import { version } from '../version.ts'
import { consoleTable } from './console.ts'
import type { Deployment } from './deployment.ts'
import { answerListener, failureListener, proxyListener } from './listeners.ts'
import { routeTable } from './route-table.ts'

/** The HTTP server of a deployment, not yet listening. */
export async function createServer(deployment: Deployment, isDraining: () => boolean): Promise<HttpServer> {
  const { config, audit } = deployment
  const made: { server?: HttpServer } = {}
  const describe = async () => (await made.server?.describe()) ?? {}
  const around = { isDraining, describe }
  made.server = await createHttpServer({
    routes: [
      ...routeTable(deployment, { isDraining, describe: async () => publicPart(await describe()) }),
      ...(config.console === 'public' ? consoleTable(deployment, around) : []),
    ],
    api: {
      title: 'Countersign',
      version,
      description: 'Register, log in, refresh, log out, protect a route.',
      address: config.issuer,
    },
    ...(config.console === 'public' && { problemsBelow: adminPath }),
    corsOrigins: config.corsOrigins,
    corsCookies: deployment.djRestAuth?.cookies !== undefined,
    trustProxy: config.trustProxy,
    surround: deployment.tracing?.surround,
    ...answerListener(deployment),
    onUntrustedProxy: proxyListener(audit),
    onFailure: failureListener(audit),
  })
  return made.server
}
