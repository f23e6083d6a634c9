import { hasMore, isEqual, type Shown, show } from './answers.ts'
import type { Case } from './case.ts'
import { explain } from './explain.ts'
import type { Side } from './side.ts'

/** What came of one case. */
export interface Outcome {
  case: Case
  /** the request as it went to Django, for a report */
  sent: string
  django: Shown
  ours: Shown
  verdict: 'equal' | 'more members' | 'explained' | 'unexplained'
  /** why we answer otherwise, where that is so */
  reason?: string
}

export interface Sides {
  django: Side
  ours: Side
}

let users = 0

/** Plays a case on both servers, each with a user of the same name, and compares the two answers. */
export async function compare(sides: Sides, one: Case): Promise<Outcome> {
  users += 1
  const user = `c${String(users).padStart(6, '0')}`
  const [django, ours] = await Promise.all([play(sides.django, one, user), play(sides.ours, one, user)])
  const told = { case: one, sent: django.sent, django: django.shown, ours: ours.shown }
  if (isEqual(django.shown, ours.shown)) return { ...told, verdict: 'equal' }
  const reason = one.deviation ?? explain({ ...told, ...django.request })
  if (reason !== undefined) return { ...told, verdict: 'explained', reason }
  return { ...told, verdict: hasMore(django.shown, ours.shown) ? 'more members' : 'unexplained' }
}

async function play(side: Side, { at, send }: Case, user: string) {
  const [method = '', path = ''] = at.split(' ', 2)
  const {
    query = '',
    body,
    headers = {},
  } = typeof send === 'function' ? await send(side.give(user)) : (send ?? {})
  const answer = await side.ask(method, path + query, { ...(body !== undefined && { body }), headers })
  const text = body === undefined || typeof body === 'string' ? (body ?? '') : shownBody(body)
  const sent = [`${method} ${path}${query}`, ...Object.entries(headers).map((one) => one.join(': ')), text]
  return { shown: show(answer, user), request: { body: text, query, headers }, sent: sent.join('\n') }
}

function shownBody(body: object): string {
  return Buffer.isBuffer(body) ? body.toString('latin1') : JSON.stringify(body)
}
