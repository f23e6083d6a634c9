import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { AuditRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { headersOf, type Message, messageOf } from './message.ts'
import { post } from './post.ts'

/** One of those that events are posted to. */
export interface Receiver {
  /** of its address, which may be a secret */
  id: string
  /** its host: the rest of an address may be a secret */
  name: string
  /** @returns why it did not take the message; undefined if it did */
  send(message: Message): Promise<string | undefined>
}

interface Sending {
  urls: readonly string[]
  keys: readonly Buffer[]
  privateAddresses: 'refuse' | 'allow'
  clock: Clock
}

/** The receivers that the settings name. */
export function receiversOf({ urls, keys, privateAddresses, clock }: Sending): Receiver[] {
  return urls.map((url) => ({
    id: receiverId(url),
    name: new URL(url).host,
    async send(message) {
      const headers = headersOf(keys, message, clock())
      const outcome = await post({ url, headers, body: message.body, privateAddresses })
      return outcome.taken ? undefined : outcome.reason
    },
  }))
}

/** Tells one address from another, and nothing about it. */
export function receiverId(url: string): string {
  return createHash('sha256').update(url).digest('base64url').slice(0, 22)
}

/** An address may hold a secret; the name of its cursor does not. */
export function cursorOf(receiver: string): string {
  return `webhook:${receiver}`
}

/** What became of events that were posted once more: how many were taken, and why the next was not. */
export interface Replayed {
  name: string
  sent: number
  fault?: string
}

const pageSize = 500

/** Posts those of the events that are chosen, in their order; who refuses one gets none after it. */
export async function replayTo(
  { name, send }: Receiver,
  store: Pick<Store, 'readEvents'>,
  isChosen: (row: AuditRow) => boolean,
): Promise<Replayed> {
  let [after, sent] = [0, 0]
  for (;;) {
    const rows = await store.readEvents({ after, limit: pageSize })
    for (const row of rows.filter(isChosen)) {
      const fault = await send(messageOf(row))
      if (fault !== undefined) return { name, sent, fault }
      sent += 1
    }
    const last = rows.at(-1)
    if (!last) return { name, sent }
    after = last.number
  }
}
