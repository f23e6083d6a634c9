import { Readable } from 'node:stream'
import { AuthError, invalidFields } from '../../errors.ts'
import { type BodyOf, fields, flag, text, texts } from '../../http/fields/fields.ts'
import type { AnyRoute, HttpRequest } from '../../http/route.ts'
import type { DescribeHash } from '../../passwords/describe.ts'
import type { UserFields } from '../../store/port/users.ts'
import type { AdminRole, UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { canonicalEmail } from '../../users/email.ts'
import { userFields } from '../../users/fields.routes.ts'
import { canonicalName, displayName } from '../../users/names.ts'
import { addressAsNameFault } from '../../users/who.ts'
import { recordAct } from '../acting.ts'
import { type AdminRouteDeps, adminRoutes, type MakeAdminRoute } from '../admin-route.routes.ts'
import type { AdminUserDetail as Detail } from '../answers.ts'
import { readChoice, readLimit, toCursor } from '../cursor.ts'
import { type Admin, permit } from '../entry/entry.ts'
import { mayTouch } from '../permissions.ts'
import { AdminUser, AdminUserDetail, BulkResults, pageOf } from '../schemas.routes.ts'
import { type ActDeps, type ActName, acts } from './acts.ts'
import { chosen, filters, idsIn, mostAtOnce, paging, readAfter, roleWords, wantedIn } from './asked.routes.ts'
import { runForMany } from './bulk.ts'
import { changeUser } from './change.ts'
import { describePassword, describeUser, etagOf } from './describe.ts'
import { type ExportFormat, exportLines } from './export.ts'
import { eachOf, eachUser, listUsers } from './list.ts'

type UsersDeps = AdminRouteDeps &
  ActDeps & {
    store: ActDeps['store'] & Pick<Store, 'queryUsers' | 'listSessionsOfUser'>
    describeHash: DescribeHash
  }

const actNames = Object.keys(acts) as ActName[]

const PatchBody = fields({
  username: userFields.otherUsername,
  email: userFields.ownEmail,
  email_verified: flag({ optional: true }),
  is_active: flag({ optional: true }),
  is_staff: flag({ optional: true, description: 'Takes `users.roles`' }),
  is_superuser: flag({ optional: true, description: 'Takes `users.roles`' }),
  role: text({
    optional: true,
    description: '`owner`, `admin`, `support`, `auditor`, `none`; takes `users.roles`',
  }),
})
const BulkBody = fields({
  act: text({ description: `One of ${actNames.map((name) => `\`${name}\``).join(', ')}` }),
  ids: texts({ most: mostAtOnce, description: 'Of the users, 200 at the most' }),
})

const changes = ['invalid', 'conflict', 'precondition_failed'] as const

/** Users: a list, one of them, what is done to one and to many. */
export function usersRoutes(deps: UsersDeps): AnyRoute[] {
  const make = adminRoutes(deps)
  return [...manyRoutes(deps, make), ...oneRoutes(deps, make)]
}

const path = '/api/admin/users/'
const one = { path: `${path}{id}/`, params: { id: 'Of the user' } }

function manyRoutes(deps: UsersDeps, make: MakeAdminRoute): AnyRoute[] {
  return [
    make({
      ...{ method: 'GET', path, query: { ...filters, ...paging }, name: 'Admin Users' },
      ...{ permission: 'users.read', answers: { 200: pageOf(AdminUser) }, refusals: ['invalid'] },
      summary: 'A page of users',
      async act(request) {
        const [limit, after] = [readLimit(request.query('limit')), readAfter(request.query('cursor'))]
        const { users, next } = await listUsers(deps, { ...wantedIn(request), limit, after })
        const cursor = next && toCursor([next.part, String(typeof next.value), String(next.value), next.id])
        return { body: { items: users.map(describeUser), next: cursor ?? null } }
      },
    }),
    make({
      ...{
        method: 'GET',
        path: `${path}export/`,
        query: { ...chosen, ...filters, as: '`csv` (unless said) or `ndjson`' },
      },
      ...{ name: 'Admin Users Export', permission: 'users.export', isDangerous: true, refusals: ['invalid'] },
      summary: 'All users that the filters leave, or some of them, as CSV or one JSON object a line',
      answers: { 200: { description: 'text/csv or application/x-ndjson, as long as it takes' } },
      act: async (request, admin) => exported(deps, request, admin),
    }),
    make({
      ...{
        method: 'POST',
        path: `${path}bulk/`,
        body: BulkBody,
        name: 'Admin Users Bulk',
        permission: 'users.read',
      },
      ...{ answers: { 200: BulkResults }, refusals: ['reauthentication_required'] },
      summary: 'Do one thing to many users',
      description:
        'Takes the permission of the act besides, and a fresh password for `delete` and `require-reset`.',
      async act({ body: { act, ids } }, admin) {
        const name = actOf('act', act)
        permit(deps, admin, acts[name])
        return { body: { items: await runForMany(deps, admin, { name, ids }) } }
      },
    }),
  ]
}

function oneRoutes(deps: UsersDeps, make: MakeAdminRoute): AnyRoute[] {
  return [
    make({
      ...{
        ...one,
        method: 'GET',
        name: 'Admin User',
        permission: 'users.read',
        answers: { 200: AdminUserDetail },
      },
      summary: 'One user',
      description: 'Its `ETag` is what `PATCH` takes as `If-Match`.',
      act: async (request, admin) => shown(deps, admin, await getUser(deps, request)),
    }),
    make({
      ...{ ...one, method: 'PATCH', body: PatchBody, name: 'Admin User Change', permission: 'users.change' },
      ...{ answers: { 200: AdminUserDetail }, refusals: [...changes, 'precondition_required'] },
      summary: 'Change what is named of a user',
      description:
        'A new role or flag takes `users.roles` and a fresh password. A new address ends his sessions.',
      act: (request, admin) => patched(deps, request, admin),
    }),
    ...actNames.map((name) =>
      make({
        ...{
          method: name === 'delete' ? 'DELETE' : 'POST',
          path: actPath(one.path, name),
          params: one.params,
        },
        ...{ name: `Admin User ${name}`, permission: acts[name].permission, refusals: changes },
        ...(acts[name].isDangerous && { isDangerous: true }),
        summary: summaries[name],
        answers: { 204: { type: 'null' } },
        async act(request, admin) {
          await acts[name].run(deps, admin, await getUser(deps, request))
          return { status: 204, body: '' }
        },
      }),
    ),
  ]
}

function actPath(path: string, name: ActName): string {
  return name === 'delete' ? path : `${path}${name}/`
}

const summaries: Readonly<Record<ActName, string>> = {
  activate: 'Let a disabled user log in again',
  disable: 'Lock a user out and end his sessions',
  'sign-out': 'End all sessions of a user',
  'send-reset': 'Mail a user a link to a new password',
  'require-reset': 'Take the password away, end all sessions and mail a link to a new one',
  unlock: 'Lift the delays of a user: of logins, codes, and passwords that he is asked for again',
  delete: 'Remove a user for good',
}

async function getUser({ store }: Pick<UsersDeps, 'store'>, request: HttpRequest<unknown>): Promise<UserRow> {
  const user = await store.findUserById(request.param('id'))
  if (!user) throw new AuthError('not_found')
  return user
}

async function shown(deps: UsersDeps, admin: Admin, user: UserRow) {
  const sessions = await deps.store.listSessionsOfUser(user.id, deps.clock())
  const body: Detail = {
    ...describeUser(user),
    password: describePassword(deps.describeHash, user),
    live_sessions: sessions.length,
    touchable: mayTouch(admin.user, user),
  }
  return { headers: { etag: etagOf(user) }, body }
}

type PatchFields = BodyOf<(typeof PatchBody)['properties']>

async function patched(deps: UsersDeps, request: HttpRequest<PatchFields>, admin: Admin) {
  const seen = request.header('if-match')
  if (seen === undefined) throw new AuthError('precondition_required')
  const user = await getUser(deps, request)
  if (seen !== etagOf(user)) throw new AuthError('precondition_failed')
  const { role, is_staff, is_superuser, email, is_active } = request.body
  if ([role, is_staff, is_superuser].some((one) => one !== undefined))
    permit(deps, admin, { permission: 'users.roles', isDangerous: true })
  const fault = addressAsNameFault(deps.rules.loginBy, { ...user, ...namesIn(request.body) })
  if (fault) throw invalidFields({ username: [fault] })
  const set = fieldsOf(deps, user, request.body)
  const ends = is_active === false ? 'user_disabled' : email !== undefined && 'email_changed'
  await changeUser(deps, admin, user, { set, reason: 'changed', ...(ends && { ends }) })
  return shown(deps, admin, await getUser(deps, request))
}

function namesIn({ username, email }: PatchFields) {
  return { ...(username !== undefined && { username }), ...(email !== undefined && { email }) }
}

function fieldsOf({ clock }: UsersDeps, user: UserRow, body: PatchFields): UserFields {
  const { username, email, email_verified, role } = body
  const proven = user.email_verified_at ?? clock()
  const wasVerified = email === undefined && user.email_verified_at !== null
  return {
    ...(username !== undefined && {
      ...{ username: displayName(username), username_canonical: canonicalName(username) },
    }),
    ...(email !== undefined && { email, email_canonical: email === '' ? null : canonicalEmail(email) }),
    ...((email !== undefined || email_verified !== undefined) && {
      email_verified_at: (email_verified ?? wasVerified) ? proven : null,
    }),
    ...flagsOf(body),
    ...(role !== undefined && { admin_role: roleOf(role) }),
  }
}

function flagsOf(body: PatchFields): UserFields {
  const names = ['is_active', 'is_staff', 'is_superuser'] as const
  const told = names.filter((name) => body[name] !== undefined)
  return Object.fromEntries(told.map((name) => [name, body[name] ? 1 : 0]))
}

function roleOf(word: string): AdminRole | null {
  const role = readChoice('role', word, [...roleWords, 'none'])
  return role === undefined || role === 'none' ? null : role
}

function actOf(field: string, word: string): ActName {
  const name = actNames.find((one) => one === word)
  if (name === undefined) throw invalidFields({ [field]: [`One of ${actNames.join(', ')}.`] })
  return name
}

const types: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
}

function exported(deps: UsersDeps, request: HttpRequest<unknown>, admin: Admin) {
  const format = readChoice('as', request.query('as'), ['csv', 'ndjson']) ?? 'csv'
  const ids = idsIn(request)
  const users = ids ? eachOf(deps, ids) : eachUser(deps, wantedIn(request))
  const lines = exportLines(users, format)
  recordAct(deps.audit, admin, 'admin.acted', { reason: 'users_exported' })
  const headers = {
    'content-type': types[format],
    'content-disposition': `attachment; filename="users.${format}"`,
  }
  return { headers, body: Readable.from(lines) }
}
