import { type AnyRoute, route } from '../http/route.ts'

interface Document {
  paths: Readonly<Record<string, object>>
}

/** Where the API for administrators is: all of it, and nothing else. */
export const adminPath = '/api/admin/'

/** The description without what is for administrators: whoever writes a front end does not need it. */
export function publicPart(document: object): object {
  return withPaths(document, (path) => !path.startsWith(adminPath))
}

/** The description of the API for administrators, with nothing secret in it. */
export function descriptionRoute(describe: () => Promise<object>): AnyRoute {
  return route({
    ...{ method: 'GET', path: `${adminPath}openapi.json`, name: 'Admin OpenAPI', answers: {}, page: true },
    summary: 'The description of the API for administrators',
    handle: async () => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(withPaths(await describe(), (path) => path.startsWith(adminPath))),
    }),
  })
}

function withPaths(document: object, isWanted: (path: string) => boolean): object {
  const { paths = {} } = document as Partial<Document>
  return { ...document, paths: Object.fromEntries(Object.entries(paths).filter(([path]) => isWanted(path))) }
}
