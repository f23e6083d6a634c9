import { Readable } from 'node:stream'
import { eventJson, hex } from '../../audit/trail/event-json.ts'
import { verifyChain } from '../../audit/trail/verify.ts'
import { AuthError } from '../../errors.ts'
import { explanationOf, toldText, withoutRepeats } from '../../explain/explanation.ts'
import { factsOf } from '../../explain/facts.ts'
import type { AnyRoute, HttpRequest } from '../../http/route.ts'
import type { AuditRow } from '../../store/schema.ts'
import { recordAct } from '../acting.ts'
import { type AdminRouteDeps, adminRoutes, type MakeAdminRoute } from '../admin-route.routes.ts'
import type { ChainVerdict as Verdict } from '../answers.ts'
import { readChoice, readCursor, readInstant, readLimit, toCursor } from '../cursor.ts'
import { AdminEvent, AdminEventDetail, Chain, ChainVerdict, Explanation, pageOf } from '../schemas.routes.ts'
import {
  describeEvents,
  type EventsDeps,
  type EventsWanted,
  eachEvent,
  findEvent,
  listEvents,
} from './events.ts'

type TrailDeps = AdminRouteDeps &
  EventsDeps & {
    store: AdminRouteDeps['store'] & EventsDeps['store']
    /** whose clock decides: `the database’s clock` */
    clockName: string
    /** writes what was gathered, so that whoever looks sees his own acts */
    trail: { flush(): Promise<void> }
  }

const path = '/api/admin/audit/'
const itsName = 'Its name'

/** The audit trail. */
export function trailRoutes(deps: TrailDeps): AnyRoute[] {
  const make = adminRoutes(deps)
  return [listRoute(deps, make), ...chainRoutes(deps, make), ...eventRoutes(deps, make)]
}

function listRoute(deps: TrailDeps, make: MakeAdminRoute): AnyRoute {
  return make({
    ...{ method: 'GET', path, name: 'Admin Audit', permission: 'audit.read', refusals: ['invalid'] },
    summary: 'A page of events, newest first',
    query: {
      event: itsName,
      result: '`ok`, `refused` or `failed`',
      user: 'Id of the user it is about',
      actor: 'Id of who did it, or `operator`',
      ...{ session: 'Id of the session', request: 'Id of the request' },
      ...{ since: 'An instant', until: 'An instant' },
      ...{ cursor: 'The `next` of the page before', limit: '1 to 200, 50 unless said' },
    },
    answers: { 200: pageOf(AdminEvent) },
    async act(request) {
      await deps.trail.flush()
      const { rows, next } = await listEvents(deps, wantedIn(request))
      const items = await describeEvents(deps, rows)
      return { body: { items, next: next === undefined ? null : toCursor([next]) } }
    },
  })
}

function chainRoutes(deps: TrailDeps, make: MakeAdminRoute): AnyRoute[] {
  return [
    make({
      ...{ method: 'GET', path: `${path}chain/`, name: 'Admin Audit Chain', permission: 'audit.read' },
      summary: 'Where the chain begins and ends',
      answers: { 200: Chain },
      async act() {
        const { kept_after, last_number, last_chain } = await deps.store.readChain()
        const link = last_chain && hex(last_chain)
        return { body: { first: kept_after + 1, last: last_number, link } }
      },
    }),
    make({
      ...{ method: 'POST', path: `${path}verify/`, name: 'Admin Audit Verify', permission: 'audit.export' },
      summary: 'Walk the whole chain: whether anybody changed it',
      description: 'Reads all of it: a million events take some ten seconds.',
      answers: { 200: ChainVerdict },
      act: async () => ({ body: verdictOf(await verifyChain(deps.store)) }),
    }),
  ]
}

function eventRoutes(deps: TrailDeps, make: MakeAdminRoute): AnyRoute[] {
  return [
    make({
      ...{ method: 'GET', path: `${path}export/`, name: 'Admin Audit Export', permission: 'audit.export' },
      ...{ isDangerous: true, query: { since: 'An instant' }, refusals: ['invalid'] },
      summary: 'All events, oldest first, one JSON object a line',
      answers: { 200: { description: 'application/x-ndjson, as long as it takes' } },
      act: async (request, admin) => {
        const since = readInstant('since', request.query('since')) ?? 0
        recordAct(deps.audit, admin, 'admin.acted', { reason: 'audit_exported' })
        const headers = {
          'content-type': 'application/x-ndjson',
          'content-disposition': 'attachment; filename="events.ndjson"',
        }
        return { headers, body: Readable.from(lines(eachEvent(deps, since))) }
      },
    }),
    make({
      ...{
        method: 'GET',
        path: `${path}explain/{request}/`,
        params: { request: 'The `X-Request-Id` of an answer' },
      },
      ...{ name: 'Admin Audit Explain', permission: 'audit.read', answers: { 200: Explanation } },
      summary: 'Why a request was refused, in sentences',
      act: async (request) => ({ body: await explain(deps, request.param('request')) }),
    }),
    make({
      ...{ method: 'GET', path: `${path}{number}/`, params: { number: 'Of the event' } },
      ...{ name: 'Admin Audit Event', permission: 'audit.read', answers: { 200: AdminEventDetail } },
      summary: 'One event, with what ties it to the others',
      async act(request) {
        const given = request.param('number')
        const event = /^\d{1,15}$/.test(given) ? await findEvent(deps, Number(given)) : undefined
        if (!event) throw new AuthError('not_found')
        return { body: event }
      },
    }),
  ]
}

async function* lines(rows: AsyncIterable<AuditRow>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(eventJson(row))}\n`
}

function wantedIn(request: HttpRequest<unknown>): EventsWanted {
  const asked = (name: string) => request.query(name) || undefined
  const [before] = readCursor(request.query('cursor'), ['number'])?.map(Number) ?? []
  return {
    ...{ before, limit: readLimit(request.query('limit')) },
    ...{ event: asked('event'), userId: asked('user'), actorId: asked('actor') },
    ...{ sessionId: asked('session'), requestId: asked('request') },
    result: readChoice('result', asked('result'), ['ok', 'refused', 'failed']),
    since: readInstant('since', asked('since')),
    until: readInstant('until', asked('until')),
  }
}

function verdictOf(verdict: Awaited<ReturnType<typeof verifyChain>>): Verdict {
  const nothing = { number: null, fault: null, first: null, last: null, link: null }
  if (verdict.outcome === 'broken') return { ...nothing, ...verdict }
  const { outcome, first, last, chain } = verdict
  return { ...nothing, outcome, first, last, link: chain && hex(chain) }
}

/** A request leaves one or two. */
const mostEvents = 100

async function explain(deps: TrailDeps, requestId: string) {
  await deps.trail.flush()
  const rows = (await deps.store.listEvents({ requestId, limit: mostEvents })).reverse()
  if (rows.length === 0) throw new AuthError('not_found')
  const told = withoutRepeats(rows)
  const events = await describeEvents(deps, told)
  const items = told.map((row, index) => {
    const event = events[index]
    const facts = factsOf(row, event?.user_name ?? row.user_id ?? 'nobody we know', deps.clockName)
    return { event, ...explanationOf(facts), answer: toldText(facts) }
  })
  return { request_id: requestId, items }
}
