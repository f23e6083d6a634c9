import { AuthError } from '../../errors.ts'
import { fields } from '../../http/fields/fields.ts'
import type { AnyRoute, HttpRequest } from '../../http/route.ts'
import { type Template, templates } from '../../mail/catalogue.ts'
import { exampleFacts } from '../../mail/examples.ts'
import type { Letters } from '../../mail/letters.ts'
import { type MailState, mailState } from '../../mail/mail-state.ts'
import type { MailRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { isoText } from '../../times.ts'
import { userFields } from '../../users/fields.routes.ts'
import { instantOrNull, recordAct } from '../acting.ts'
import { type AdminRouteDeps, adminRoutes, type MakeAdminRoute } from '../admin-route.routes.ts'
import type { AdminMail as Shown, Delivered as Told } from '../answers.ts'
import { readChoice, readCursor, readLimit, toCursor } from '../cursor.ts'
import { AdminMail, Delivered, MailPreview, MailTemplates, pageOf } from '../schemas.routes.ts'

type MailDeps = AdminRouteDeps & {
  store: AdminRouteDeps['store'] & Pick<Store, 'listMails' | 'findMail' | 'retryMail'>
  letters: Letters
  sendTestMail: (to: string) => Promise<Told>
}

const path = '/api/admin/mail/'
const TestBody = fields({ to: userFields.email })

/** The outbox, and what is sent from it. What a letter says is never shown: it may open an account. */
export function mailRoutes(deps: MailDeps): AnyRoute[] {
  const make = adminRoutes(deps)
  return [
    make({
      ...{ method: 'GET', path, name: 'Admin Mails', permission: 'mail.read', refusals: ['invalid'] },
      summary: 'A page of the outbox, newest first',
      query: {
        state: '`waiting`, `sent` or `failed`',
        ...{ cursor: 'The `next` of the page before', limit: '1 to 200, 50 unless said' },
      },
      answers: { 200: pageOf(AdminMail) },
      act: async (request) => ({ body: await listed(deps, request) }),
    }),
    make({
      ...{
        method: 'POST',
        path: `${path}{id}/retry/`,
        params: { id: 'Of the mail' },
        name: 'Admin Mail Retry',
      },
      ...{ permission: 'mail.retry', refusals: ['conflict'], answers: { 200: AdminMail } },
      summary: 'Make a mail that was given up due again',
      async act(request, admin) {
        const id = request.param('id')
        if (!(await deps.store.retryMail({ id, now: deps.clock() }))) throw await whyNot(deps, id)
        recordAct(deps.audit, admin, 'admin.acted', { mail_id: id, reason: 'mail_retried' })
        const mail = await deps.store.findMail(id)
        if (!mail) throw new AuthError('not_found')
        return { body: describe(mail) }
      },
    }),
    make({
      ...{ method: 'POST', path: `${path}test/`, body: TestBody, name: 'Admin Mail Test' },
      ...{ permission: 'mail.test', answers: { 200: Delivered } },
      summary: 'Send a mail now, past the outbox, and tell what the server said',
      async act({ body: { to } }, admin) {
        const told = await deps.sendTestMail(to)
        recordAct(deps.audit, admin, 'admin.acted', { reason: 'mail_tested' })
        return { body: told }
      },
    }),
    ...templateRoutes(deps, make),
  ]
}

function templateRoutes(deps: MailDeps, make: MakeAdminRoute): AnyRoute[] {
  const one = { path: `${path}templates/{template}/`, params: { template: 'Its name' } }
  return [
    make({
      ...{ method: 'GET', path: `${path}templates/`, name: 'Admin Mail Templates', permission: 'mail.read' },
      summary: 'All letters there are',
      answers: { 200: MailTemplates },
      act: async () => ({ body: { items: templates.map((template) => ({ template })) } }),
    }),
    make({
      ...{ ...one, method: 'GET', name: 'Admin Mail Preview', permission: 'mail.read' },
      summary: 'A letter as its reader would see it, with made-up facts',
      answers: { 200: MailPreview },
      async act(request) {
        const template = templateIn(request)
        return { body: { template, ...preview(deps, template) } }
      },
    }),
    previewPage(deps, make, one),
  ]
}

/** For a frame: it may show its own style, and do nothing else. */
const framed = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
  'x-frame-options': 'SAMEORIGIN',
}

function previewPage(
  deps: MailDeps,
  make: MakeAdminRoute,
  { path: at, params }: { path: string; params: Record<string, string> },
): AnyRoute {
  return make({
    ...{
      method: 'GET',
      path: `${at}html/`,
      params,
      name: 'Admin Mail Preview Page',
      permission: 'mail.read',
    },
    summary: 'The same as a page, for a frame',
    answers: { 200: { description: 'text/html' } },
    act: async (request) => ({ headers: framed, body: preview(deps, templateIn(request)).html }),
  })
}

function preview({ letters, clock }: MailDeps, template: Template) {
  return letters.preview(template, exampleFacts(clock())[template])
}

function templateIn(request: HttpRequest<unknown>): Template {
  const template = templates.find((one) => one === request.param('template'))
  if (!template) throw new AuthError('not_found')
  return template
}

/** So many are looked at for one page. */
const mostScanned = 5_000
const batch = 500

async function listed({ store }: MailDeps, request: HttpRequest<unknown>) {
  const state = readChoice('state', request.query('state'), ['waiting', 'sent', 'failed'])
  const limit = readLimit(request.query('limit'))
  const [after] = readCursor(request.query('cursor'), ['string'])?.map(String) ?? []
  const { rows, next } = await pageOfState(store, { state, limit, after })
  return { items: rows.map(describe), next: next === undefined ? null : toCursor([next]) }
}

interface Wanted {
  state: MailState | undefined
  limit: number
  after: string | undefined
}

async function pageOfState(store: Pick<Store, 'listMails'>, { state, limit, after }: Wanted) {
  const rows: MailRow[] = []
  let from = after
  const size = state === undefined ? limit : batch
  for (let scanned = 0; scanned < mostScanned; scanned += size) {
    const mails = await store.listMails({ after: from, limit: size })
    for (const mail of mails) {
      from = mail.id
      if (state === undefined || mailState(mail) === state) rows.push(mail)
      if (rows.length === limit) return { rows, next: from }
    }
    if (mails.length < size) return { rows, next: undefined }
  }
  return { rows, next: from }
}

async function whyNot({ store }: MailDeps, id: string): Promise<AuthError> {
  const mail = await store.findMail(id)
  return mail ? new AuthError('conflict', { detail: 'It was not given up.' }) : new AuthError('not_found')
}

function describe(mail: MailRow): Shown {
  return {
    ...{ id: mail.id, template: mail.template, to: mail.recipient, user_id: mail.user_id },
    state: mailState(mail),
    created_at: isoText(mail.created_at),
    ...{ due_at: instantOrNull(mail.due_at), attempts: mail.attempts },
    ...{ sent_at: instantOrNull(mail.sent_at), failed_at: instantOrNull(mail.failed_at) },
    last_error: mail.last_error,
  }
}
