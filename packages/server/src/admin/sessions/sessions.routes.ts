import { AuthError, invalidFields } from '../../errors.ts'
import type { AnyRoute, HttpRequest } from '../../http/route.ts'
import type { SessionRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { isoText } from '../../times.ts'
import { findUsers } from '../../users/manage.ts'
import { instantOrNull, recordAct } from '../acting.ts'
import { type AdminRouteDeps, adminRoutes } from '../admin-route.routes.ts'
import type { AdminSession as Shown } from '../answers.ts'
import { readChoice, readCursor, readLimit, toCursor } from '../cursor.ts'
import type { Admin } from '../entry/entry.ts'
import { AdminSession, pageOf } from '../schemas.routes.ts'
import { refuseUntouchable } from '../users/change.ts'
import { usernamesOf } from '../users/names-of.ts'

type SessionsDeps = AdminRouteDeps & {
  store: AdminRouteDeps['store'] &
    Pick<Store, 'querySessions' | 'listSessionsOfUser' | 'findUserByName' | 'listUsernames'>
}

/** Sessions of all users. */
export function sessionsRoutes(deps: SessionsDeps): AnyRoute[] {
  const make = adminRoutes(deps)
  const path = '/api/admin/sessions/'
  return [
    make({
      ...{ method: 'GET', path, name: 'Admin Sessions', permission: 'sessions.read', refusals: ['invalid'] },
      summary: 'A page of sessions, newest first',
      query: {
        user: 'Name or id of their user',
        address: 'Where they were opened, exactly',
        id: 'Of one session',
        state: '`live` (unless said) or `all`; of a user only those that live are listed',
        ...{ cursor: 'The `next` of the page before', limit: '1 to 200, 50 unless said' },
      },
      answers: { 200: pageOf(AdminSession) },
      async act(request, admin) {
        const { rows, next } = await find(deps, request)
        const names = await usernamesOf(
          deps.store,
          rows.map(({ user_id }) => user_id),
        )
        const items = rows.map((row) => describe(deps, admin, row, names))
        return { body: { items, next: next === undefined ? null : toCursor([next]) } }
      },
    }),
    make({
      ...{
        method: 'DELETE',
        path: `${path}{id}/`,
        params: { id: 'Of the session' },
        name: 'Admin Session End',
      },
      ...{ permission: 'sessions.revoke', refusals: ['conflict'], answers: { 204: { type: 'null' } } },
      summary: 'End a session; its tokens are refused at once',
      async act(request, admin) {
        await end(deps, admin, request.param('id'))
        return { status: 204, body: '' }
      },
    }),
  ]
}

interface Found {
  rows: SessionRow[]
  next: string | undefined
}

async function find(deps: SessionsDeps, request: HttpRequest<unknown>): Promise<Found> {
  const { store, clock } = deps
  const [id, who, address] = ['id', 'user', 'address'].map((name) => request.query(name) || undefined)
  const liveAt = readChoice('state', request.query('state'), ['live', 'all']) === 'all' ? undefined : clock()
  const limit = readLimit(request.query('limit'))
  const [after] = readCursor(request.query('cursor'), ['string'])?.map(String) ?? []
  if (id !== undefined) {
    const row = await store.findSession(id)
    return { rows: row ? [row] : [], next: undefined }
  }
  if (who === undefined) return store.querySessions({ after, limit, address, liveAt })
  const [user, other] = await findUsers(deps, who)
  if (other)
    throw invalidFields({ user: ['It is the name of one user and the id of another: say the other.'] })
  if (!user) return { rows: [], next: undefined }
  const live = await store.listSessionsOfUser(user.id, clock())
  const there = live.filter((row) => address === undefined || row.address === address)
  const rest = there.filter((row) => after === undefined || row.id < after)
  const rows = rest.slice(0, limit)
  return { rows, next: rest.length > limit ? rows.at(-1)?.id : undefined }
}

function describe(
  { clock }: SessionsDeps,
  admin: Admin,
  row: SessionRow,
  names: ReadonlyMap<string, string>,
): Shown {
  return {
    id: row.id,
    user_id: row.user_id,
    username: names.get(row.user_id ?? '') ?? null,
    ...{ device: row.device, address: row.address },
    created_at: isoText(row.created_at),
    last_used_at: isoText(row.rotated_at),
    expires_at: isoText(row.expires_at),
    ends_at: isoText(row.ends_at),
    revoked_at: instantOrNull(row.revoked_at),
    revoked_reason: row.revoked_reason,
    live: row.revoked_at === null && row.expires_at > clock(),
    current: row.id === admin.session.id,
  }
}

/** @throws AuthError `not_found`; `conflict` where it has ended; `forbidden` for that of a user whose role is not below */
async function end(deps: SessionsDeps, admin: Admin, sessionId: string): Promise<void> {
  const { store, clock, revoked, audit } = deps
  const session = await store.findSession(sessionId)
  if (!session) throw new AuthError('not_found')
  const user = session.user_id === null ? undefined : await store.findUserById(session.user_id)
  if (user) refuseUntouchable(deps, admin, user)
  const now = clock()
  const outcome = await store.endSession({ sessionId, now, reason: 'operator' })
  if (outcome !== 'ended') throw new AuthError('conflict', { detail: 'It has ended already.' })
  revoked.add([sessionId], 'operator', now)
  const who = { ...(user && { user_id: user.id }), session_id: sessionId }
  recordAct(audit, admin, 'session.revoked', { ...who, count: 1 })
}
