import { type AnyRoute, route } from '../http/route.ts'

/** `/` says what this is; `/docs` is the API page; `/openapi.json` its source. */
export function pagesRoutes({ describe }: { describe: () => object }): AnyRoute[] {
  return [
    route({
      method: 'GET',
      path: '/openapi.json',
      name: 'OpenAPI',
      summary: 'The description of this API',
      answers: {},
      page: true,
      handle: () => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(describe()) }),
    }),
  ]
}
