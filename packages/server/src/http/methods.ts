import type { AnyRoute } from './route.ts'

/** What each path answers to, for `Allow`; a path is looked up as it was requested, with or without the last slash. */
export interface PathTable {
  /** undefined for a path that is not ours */
  find(path: string): PathEntry | undefined
  /** how refusals are told there, be there a route or not; @param url as it was requested, with its query */
  dialectOf(url: string): Dialect
}

type Dialect = Exclude<AnyRoute['dialect'], undefined>

export interface PathEntry {
  /** value of the `Allow` header */
  allow: string
  routes: readonly AnyRoute[]
}

/** @param problemsBelow where all is told as problems, also of what has no route; nowhere where it is left out */
export function createPathTable(routes: readonly AnyRoute[], problemsBelow?: string): PathTable {
  const entries = new Map<string, PathEntry>()
  for (const [path, group] of Map.groupBy(routes, (route) => withoutSlash(route.path))) {
    entries.set(path, { allow: allowOf(group), routes: group })
  }
  const patterns = [...entries]
    .filter(([path]) => path.includes('{'))
    .map(([path, entry]) => ({ of: patternOf(path), entry }))
  const find = (path: string) => {
    const asked = withoutSlash(decoded(path))
    return entries.get(asked) ?? patterns.find(({ of }) => of.test(asked))?.entry
  }
  return {
    find,
    dialectOf(url) {
      const [path = ''] = url.split('?', 1)
      const isBelow = problemsBelow !== undefined && `${decoded(path)}/`.startsWith(problemsBelow)
      return find(path)?.routes[0]?.dialect ?? (isBelow ? 'problem' : 'drf')
    },
  }
}

/** The path as the router reads it, which gives up on others before anybody asks here. */
function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** The router takes no longer ones. */
const maxParamLength = 100

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, `[^/]{1,${maxParamLength}}`)}$`)
}

/** The path as the router wants it: `/a/{id}/` is `/a/:id/`. */
export function routerPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

/** The other way, for whoever reads it. */
export function shownPath(url: string | undefined): string | undefined {
  return url?.replace(/:(\w+)/g, '{$1}')
}

function allowOf(routes: readonly AnyRoute[]): string {
  const methods = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return [...methods, 'OPTIONS'].join(', ')
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') && !path.endsWith('//') ? path.slice(0, -1) : path
}
