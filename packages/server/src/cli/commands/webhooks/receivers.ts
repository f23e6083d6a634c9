import { webhookOptions } from '../../../app/rooms.ts'
import type { Tools } from '../../../app/tools.ts'
import { type Receiver, receiversOf } from '../../../webhooks/receivers.ts'
import { CommandError } from '../../failure.ts'

/** @throws CommandError where there are none, or nothing to sign with */
export function getReceivers({ config, clock }: Tools): Receiver[] {
  const { webhookUrls: urls = [] } = config
  const { keys, privateAddresses } = webhookOptions(config)
  if (urls.length === 0)
    throw new CommandError('There are no receivers: COUNTERSIGN_WEBHOOK_URLS is not set.')
  if (keys.length === 0) throw new CommandError('COUNTERSIGN_WEBHOOK_SECRET is not set.')
  return receiversOf({ urls, keys, privateAddresses, clock })
}
