import { AuthError, type ErrorCode, invalidFields } from '../errors.ts'
import type { SetCookie } from '../http/cookies.ts'
import { type BodyOf, type BodySchema, compileFields, type Fields, fields } from '../http/fields/fields.ts'
import { type AnyRoute, type HttpAnswer, type HttpRequest, type Route, route } from '../http/route.ts'
import { type Admin, type EntryDeps, enter, idleMs, permit, provenMs } from './entry/entry.ts'
import type { Passes } from './entry/pass.ts'
import { refuseOtherPages } from './own-page.routes.ts'
import { type Permission, permissions } from './permissions.ts'

export interface AdminRouteDeps extends EntryDeps {
  passes: Passes
  /** of this deployment, as browsers write it */
  publicOrigin: string
}

/** A line of the table of routes for administrators. */
interface AdminRoute<Properties extends Fields>
  extends Pick<Route<unknown, unknown>, 'method' | 'path' | 'params' | 'query' | 'name' | 'summary'>,
    Pick<Route<unknown, unknown>, 'headers' | 'takesFile'> {
  permission: Permission
  /** asks for the password, unless it was shown a moment ago */
  isDangerous?: true
  body?: BodySchema<Properties>
  answers: Route<unknown, unknown>['answers']
  refusals?: readonly ErrorCode[]
  /** what else an answer says, for the API's description */
  description?: string
  act: (request: HttpRequest<BodyOf<Properties>>, admin: Admin) => Promise<HttpAnswer>
}

export type MakeAdminRoute = <Properties extends Fields = Record<never, never>>(
  definition: AdminRoute<Properties>,
) => AnyRoute

/**
 * Makes routes that nobody reaches but an administrator whose role allows it: every one of them names its permission. It
 * is known who asks, and that a page of ours sent it, before a body is read; that he may, before the body is looked at.
 */
export function adminRoutes(deps: AdminRouteDeps): MakeAdminRoute {
  return ({ act, permission, isDangerous = false, body, refusals = [], description, ...line }) => {
    const read = compileBody(body)
    return route({
      ...line,
      dialect: 'problem',
      ...(body && { body: body as BodySchema<Fields> }),
      description: describe(permission, isDangerous, description),
      refusals: ['no_role', 'forbidden', 'unavailable', ...dangers(isDangerous), ...refusals],
      guard: passGuard(deps),
      async handle(request, sessionId) {
        const provenUntil = provenIn(deps, request, sessionId)
        const admin = await enter(deps, { sessionId, origin: request.origin, provenUntil })
        permit(deps, admin, { permission, isDangerous })
        const answer = await act({ ...request, body: read(request.body) }, admin)
        const kept = passCookie(deps, deps.passes.make(sessionId), idleMs)
        return { ...answer, cookies: answer.cookies ?? [kept] }
      },
    })
  }
}

function dangers(isDangerous: boolean): ErrorCode[] {
  return isDangerous ? ['reauthentication_required'] : []
}

function describe(permission: Permission, isDangerous: boolean, more = ''): string {
  const who = `Permission \`${permission}\`: ${permissions[permission].join(', ')}.`
  const danger = isDangerous ? ' Needs a password shown within the last ten minutes.' : ''
  return `${who}${danger}${more && ` ${more}`}`
}

/** Where a page of ours sends the pass of a session that we made. What becomes of that is asked when it is needed. */
function passGuard(deps: AdminRouteDeps) {
  return (request: HttpRequest<unknown>): string => {
    refuseOtherPages(request, deps.publicOrigin)
    const sessionId = deps.passes.read(request.cookie(cookieName(deps, 'console')))
    if (sessionId === undefined) throw new AuthError('not_authenticated')
    return sessionId
  }
}

/** Until when the password needs not be shown: after the sign-in, or after it was shown again. */
function provenIn(deps: AdminRouteDeps, request: HttpRequest<unknown>, sessionId: string): number {
  return deps.passes.readProof(request.cookie(cookieName(deps, 'console-proof')), sessionId)
}

/** The body as its fields say; what is no field of it is refused. */
export function compileBody<Properties extends Fields>(schema: BodySchema<Properties> | undefined) {
  const compiled = compileFields(schema ?? fields({}))
  const names = Object.keys(schema?.properties ?? {})
  return (body: unknown): BodyOf<Properties> => {
    const read = compiled(schema ? (body ?? {}) : {})
    if ('error' in read) throw read.error
    const unknown = schema ? Object.keys((body ?? {}) as object).filter((name) => !names.includes(name)) : []
    if (unknown.length > 0)
      throw invalidFields(Object.fromEntries(unknown.map((name) => [name, ['There is no such field.']])))
    return read.value as BodyOf<Properties>
  }
}

type Place = Pick<AdminRouteDeps, 'publicOrigin'>

const isSecure = ({ publicOrigin }: Place) => publicOrigin.startsWith('https:')

/** Over plain http, which production has on loopback alone, browsers take no name with the prefix. */
function cookieName(place: Place, name: 'console' | 'console-proof'): string {
  return `${isSecure(place) ? '__Host-' : ''}countersign-${name}`
}

/** Sent with requests of our own pages alone. */
function cookieOf(
  place: Place,
  name: 'console' | 'console-proof',
  { value, lastsMs }: { value: string; lastsMs: number },
): SetCookie {
  return {
    ...{ name: cookieName(place, name), value, path: '/', maxAgeSeconds: lastsMs / 1000 },
    ...{ sameSite: 'Strict', isSecure: isSecure(place) },
  }
}

function passCookie(place: Place, value: string, lastsMs: number): SetCookie {
  return cookieOf(place, 'console', { value, lastsMs })
}

/** Of whoever has just shown his password. */
export function freshCookies(deps: AdminRouteDeps, sessionId: string, provenUntil: number): SetCookie[] {
  const proof = deps.passes.makeProof(sessionId, provenUntil)
  return [
    passCookie(deps, deps.passes.make(sessionId), idleMs),
    cookieOf(deps, 'console-proof', { value: proof, lastsMs: provenMs }),
  ]
}

/** Takes both away. */
export function noCookies(place: Place): SetCookie[] {
  return (['console', 'console-proof'] as const).map((name) =>
    cookieOf(place, name, { value: '', lastsMs: 0 }),
  )
}
