import { webhookOptions } from '../../../app/rooms.ts'
import type { Tools } from '../../../app/tools.ts'
import { headersOf, type Message } from '../../../webhooks/message.ts'
import { post } from '../../../webhooks/post.ts'
import { CommandError } from '../../failure.ts'

/** One of those that events are posted to. */
export interface Receiver {
  /** its host: the rest of an address may be a secret */
  name: string
  /** @returns why it did not take the message; undefined if it did */
  send(message: Message): Promise<string | undefined>
}

/** @throws CommandError where there are none, or nothing to sign with */
export function receiversOf({ config, clock }: Tools): Receiver[] {
  const { webhookUrls: urls = [] } = config
  const { keys, privateAddresses } = webhookOptions(config)
  if (urls.length === 0)
    throw new CommandError('There are no receivers: COUNTERSIGN_WEBHOOK_URLS is not set.')
  if (keys.length === 0) throw new CommandError('COUNTERSIGN_WEBHOOK_SECRET is not set.')
  return urls.map((url) => ({
    name: new URL(url).host,
    async send(message) {
      const headers = headersOf(keys, message, clock())
      const outcome = await post({ url, headers, body: message.body, privateAddresses })
      return outcome.taken ? undefined : outcome.reason
    },
  }))
}
