import { Problem, readProblem, unreachable } from './problem.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'

export interface Asked {
  method?: Method
  /** what is undefined or empty is left out */
  query?: Readonly<Record<string, string | number | undefined>>
  body?: unknown
  /** sent as it is, in the place of a body */
  file?: Blob
  /** fields of its own */
  headers?: Readonly<Record<string, string>>
  /** the state that the change was made on: another one by now is refused with 412 */
  ifMatch?: string | undefined
  signal?: AbortSignal
}

/** An answer and the state that it is of. */
export interface Answered<T> {
  data: T
  etag: string | undefined
}

const listeners = new Set<() => void>()

/** Hears of an answer that says that nobody is signed in any more. */
export function onSignedOut(listener: () => void): void {
  listeners.add(listener)
}

/**
 * Asks the admin API; the cookie of the session goes along.
 * @param path below `/api/admin/`
 * @throws Problem for every answer that is no success, with status 0 where there was none
 */
export async function request<T>(path: string, asked: Asked = {}): Promise<Answered<T>> {
  const answer = await send(path, asked)
  if (!answer.ok) {
    const problem = await readProblem(answer)
    if (problem.status === 401 && path !== 'session/') for (const listener of listeners) listener()
    throw problem
  }
  const isEmpty = answer.status === 204 || answer.headers.get('content-length') === '0'
  const data = (isEmpty ? undefined : await answer.json()) as T
  return { data, etag: answer.headers.get('etag') ?? undefined }
}

/** The answer's body alone. */
export async function get<T>(path: string, query?: Asked['query'], signal?: AbortSignal): Promise<T> {
  const { data } = await request<T>(path, { ...(query && { query }), ...(signal && { signal }) })
  return data
}

async function send(
  path: string,
  { method = 'GET', query, body, file, headers: own, ifMatch, signal }: Asked,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...own }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (file !== undefined) headers['content-type'] = 'application/octet-stream'
  if (ifMatch !== undefined) headers['if-match'] = ifMatch
  try {
    return await fetch(addressOf(path, query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(file !== undefined && { body: file }),
      ...(signal && { signal }),
    })
  } catch (thrown) {
    if (signal?.aborted) throw thrown
    throw new Problem(unreachable)
  }
}

/** The address of an operation, for links that download. */
export function addressOf(path: string, query: Asked['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `/api/admin/${path}${search && `?${search}`}`
}
