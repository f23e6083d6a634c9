import type { AnyRoute } from './route.ts'

/** What each path answers to, for `Allow`; a path is looked up as it was requested, with or without the last slash. */
export interface PathTable {
  /** undefined for a path that is not ours */
  find(path: string): PathEntry | undefined
}

export interface PathEntry {
  /** value of the `Allow` header */
  allow: string
  routes: readonly AnyRoute[]
}

export function createPathTable(routes: readonly AnyRoute[]): PathTable {
  const entries = new Map<string, PathEntry>()
  for (const [path, group] of Map.groupBy(routes, (route) => withoutSlash(route.path))) {
    entries.set(path, { allow: allowOf(group), routes: group })
  }
  return { find: (path) => entries.get(withoutSlash(path)) }
}

function allowOf(routes: readonly AnyRoute[]): string {
  const methods = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return [...methods, 'OPTIONS'].join(', ')
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') && !path.endsWith('//') ? path.slice(0, -1) : path
}
