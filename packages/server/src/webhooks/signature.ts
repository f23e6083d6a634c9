import { createHmac } from 'node:crypto'

export interface Signed {
  id: string
  /** epoch seconds, when it is sent */
  timestamp: number
  body: string
}

/**
 * The headers by which a receiver knows that a message is ours, whole, and of now.
 * @param keys each signs, so that a receiver may know the old one or the new one
 * @see Standard Webhooks, https://www.standardwebhooks.com
 */
export function signatureHeaders(keys: readonly Buffer[], { id, timestamp, body }: Signed) {
  const sign = (key: Buffer) =>
    createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': keys.map((key) => `v1,${sign(key)}`).join(' '),
  }
}
