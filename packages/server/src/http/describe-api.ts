import fastify from 'fastify'
import { addRoute } from './add-route.ts'
import { type ApiInfo, describeParams, describeRefusals, openApiFrame } from './api-description.ts'
import { createPathTable, type PathTable } from './methods.ts'
import type { AnyRoute } from './route.ts'

export interface ApiDescription {
  api: ApiInfo
  routes: readonly AnyRoute[]
}

/**
 * The OpenAPI document of these routes. What makes it is loaded here, and stands on a server of its own that serves nobody:
 * one that nobody asks for it is spared both.
 */
export async function describeApi({ api, routes }: ApiDescription): Promise<object> {
  const { default: swagger } = await import('@fastify/swagger')
  const paths = createPathTable(routes)
  const app = fastify()
  await app.register(swagger, { openapi: openApiFrame(api), transform: withRefusals(paths) })
  for (const route of routes) addRoute(app, route, paths)
  await app.ready()
  return app.swagger()
}

interface Described {
  schema?: unknown
  url: string
  route: { method: string | string[] }
}

function withRefusals(paths: PathTable) {
  return ({ schema, url, route }: Described) => {
    const described = (schema ?? {}) as { response?: object }
    const ours = paths.find(url)?.routes.find(({ method }) => method === route.method)
    if (!ours || ours.page) return { url, schema: described }
    const response = { ...described.response, ...describeRefusals(ours) }
    return { url, schema: { ...described, ...describeParams(ours), response } }
  }
}
