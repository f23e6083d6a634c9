import { AuthError, invalidFields } from '../../errors.ts'
import { fields, text } from '../../http/fields/fields.ts'
import type { AnyRoute } from '../../http/route.ts'
import { newId } from '../../ids.ts'
import type { AuditRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { isWanted, testMessage } from '../../webhooks/message.ts'
import { cursorOf, type Receiver, type Replayed, replayTo } from '../../webhooks/receivers.ts'
import { recordAct } from '../acting.ts'
import { type AdminRouteDeps, adminRoutes } from '../admin-route.routes.ts'
import type { Sent } from '../answers.ts'
import { readInstant } from '../cursor.ts'
import { Receivers, SentResults } from '../schemas.routes.ts'

type WebhooksDeps = AdminRouteDeps & {
  store: AdminRouteDeps['store'] & Pick<Store, 'readCursor' | 'readChain' | 'readEvents'>
  receivers: readonly Receiver[]
  /** which events they are sent */
  wantedEvents: readonly string[]
}

const path = '/api/admin/webhooks/'
const ReplayBody = fields({
  since: text({ optional: true, description: 'An instant: all that are wanted from then on' }),
  id: text({ optional: true, description: 'Of one event' }),
})

/** Those that events are posted to. */
export function webhooksRoutes(deps: WebhooksDeps): AnyRoute[] {
  const make = adminRoutes(deps)
  const answers = { 200: SentResults }
  return [
    make({
      ...{ method: 'GET', path, name: 'Admin Webhooks', permission: 'webhooks.read' },
      summary: 'All receivers, and how far each has come',
      answers: { 200: Receivers },
      act: async () => ({ body: { items: await describe(deps) } }),
    }),
    make({
      ...{ method: 'POST', path: `${path}test/`, name: 'Admin Webhooks Test', permission: 'webhooks.send' },
      ...{ answers, refusals: ['conflict'] },
      summary: 'Post a message of the type webhook.test to every receiver',
      async act(_, admin) {
        const now = deps.clock()
        const message = testMessage(newId(now), now)
        const test = async ({ name, send }: Receiver): Promise<Replayed> => {
          const fault = await send(message)
          return fault === undefined ? { name, sent: 1 } : { name, sent: 0, fault }
        }
        const results = await Promise.all(getReceivers(deps).map(test))
        recordAct(deps.audit, admin, 'admin.acted', { reason: 'webhooks_tested' })
        return { body: { items: results.map(told) } }
      },
    }),
    make({
      ...{ method: 'POST', path: `${path}replay/`, body: ReplayBody, name: 'Admin Webhooks Replay' },
      ...{ permission: 'webhooks.send', isDangerous: true, answers, refusals: ['conflict'] },
      summary: 'Post events of the trail once more, in their order',
      description: 'Say `since` or `id`. It answers when the last one is posted.',
      async act({ body }, admin) {
        const isChosen = choose(deps, body)
        const receivers = getReceivers(deps)
        recordAct(deps.audit, admin, 'admin.acted', { reason: 'webhooks_replayed' })
        const results = await Promise.all(receivers.map((one) => replayTo(one, deps.store, isChosen)))
        return { body: { items: results.map(told) } }
      },
    }),
  ]
}

async function describe({ store, receivers }: WebhooksDeps) {
  const { last_number } = await store.readChain()
  return Promise.all(
    receivers.map(async ({ id, name: host }) => {
      const position = (await store.readCursor(cursorOf(id))) ?? null
      return { id, host, position, behind: position === null ? null : last_number - position }
    }),
  )
}

function getReceivers({ receivers }: WebhooksDeps): readonly Receiver[] {
  if (receivers.length > 0) return receivers
  throw new AuthError('conflict', { detail: 'There are no receivers: COUNTERSIGN_WEBHOOK_URLS is not set.' })
}

function choose(
  { wantedEvents }: WebhooksDeps,
  { since, id }: { since: string | undefined; id: string | undefined },
): (row: AuditRow) => boolean {
  if ((since === undefined) === (id === undefined)) throw invalidFields({ since: ['Say since or id.'] })
  if (id !== undefined) return (row) => row.id === id
  const from = readInstant('since', since) ?? 0
  return ({ happened_at, event }) => happened_at >= from && isWanted(wantedEvents, event)
}

function told({ name, sent, fault }: Replayed): Sent {
  return { host: name, count: sent, fault: fault ?? null }
}
