import { lookup as resolveHost } from 'node:dns/promises'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.ts'

export interface Post {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  privateAddresses: 'refuse' | 'allow'
  /** aborted when the process stops */
  signal?: AbortSignal
  /** all addresses of a name; as this machine finds them unless said */
  resolve?: (host: string) => Promise<string[]>
}

/** Taken by the receiver, or why not; in words for the operator. */
export type PostOutcome = { taken: true } | { taken: false; reason: string }

/** Finding the address, connecting, sending, and the head of the answer. */
const timeoutMs = 10_000

/**
 * Posts once. Nothing but the status of the answer is looked at, no redirect is followed, and the connection goes to the
 * very address that was found to be public: a name that answers otherwise a moment later changes nothing.
 */
export async function post(message: Post): Promise<PostOutcome> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = message.signal ? AbortSignal.any([timeout, message.signal]) : timeout
  try {
    const address = await settled(addressOf(message), signal)
    const status = await send(message, address, signal)
    const isTaken = status >= 200 && status < 300
    return isTaken ? { taken: true } : { taken: false, reason: `it answered ${status}` }
  } catch (thrown) {
    if (timeout.aborted) return { taken: false, reason: `it did not answer within ${timeoutMs / 1000} s` }
    return { taken: false, reason: reasonOf(thrown) }
  }
}

class RefusedAddress extends Error {}

/** The address to connect to. Every address of a name must be public: which of them it is now is up to others. */
async function addressOf({ url, privateAddresses, resolve = resolved }: Post): Promise<string> {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = isIP(host) ? [host] : await resolve(host)
  const refused = addresses.find((address) => !isPublicAddress(address))
  if (privateAddresses === 'refuse' && refused !== undefined) {
    throw new RefusedAddress(`${refused} is no public address (COUNTERSIGN_WEBHOOK_PRIVATE)`)
  }
  const [first] = addresses
  if (first === undefined) throw new RefusedAddress('its name has no address')
  return first
}

async function resolved(host: string): Promise<string[]> {
  return (await resolveHost(host, { all: true })).map(({ address }) => address)
}

/** What cannot be aborted is left to itself. */
function settled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  return Promise.race([work, promise])
}

function send({ url, headers, body }: Post, address: string, signal: AbortSignal): Promise<number> {
  const lookup: LookupFunction = (_, { all }, done) => {
    const family = isIP(address)
    if (all) done(null, [{ address, family }])
    else done(null, address, family)
  }
  const request = url.startsWith('https:') ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, lookup, signal, agent: false })
    sent.once('response', (answer) => {
      resolve(answer.statusCode ?? 0)
      answer.on('error', () => undefined).destroy()
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The kind of failure: what a server far away wrote into a message is nobody's business. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof RefusedAddress) return thrown.message
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
  return code ?? (thrown instanceof Error ? thrown.name : 'unknown')
}
