import { type AnyRoute, route } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import { accessRefusals, bearerGuard, type GuardDeps } from '../authenticate.routes.ts'
import { type EndDeps, endOtherSessions, endOwnSession } from './end.ts'
import { type ListDeps, listOwnSessions } from './list.ts'

/** One session in an answer. */
export const OwnSession = schema.object({
  id: schema.text(),
  device: schema.text(),
  address: schema.text(),
  created_at: schema.instant(),
  last_used_at: schema.instant(),
  expires_at: schema.instant(),
  current: schema.flag(),
})

/** What a user sees of his own sessions, and how he ends them. */
export function ownSessionsRoutes(deps: GuardDeps & ListDeps & EndDeps): AnyRoute[] {
  const guard = bearerGuard(deps)
  const refusals = [...accessRefusals, 'unavailable'] as const
  return [
    route({
      method: 'GET',
      path: '/api/sessions/',
      name: 'Sessions',
      summary: 'The live sessions of the user, newest first',
      answers: { 200: schema.list(OwnSession) },
      refusals,
      guard,
      handle: async (_, claims) => ({ body: await listOwnSessions(deps, claims) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions/',
      name: 'End Other Sessions',
      summary: 'End all sessions of the user but the one that asks',
      answers: { 204: schema.nothing() },
      refusals,
      guard,
      async handle({ origin }, claims) {
        await endOtherSessions(deps, { claims, origin })
        return { status: 204, body: '' }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions/{id}/',
      params: { id: 'As the list of sessions tells it' },
      name: 'End Session',
      summary: 'End one session of the user',
      answers: { 204: schema.nothing() },
      refusals,
      guard,
      async handle(request, claims) {
        await endOwnSession(deps, { claims, origin: request.origin }, request.param('id'))
        return { status: 204, body: '' }
      },
    }),
  ]
}
