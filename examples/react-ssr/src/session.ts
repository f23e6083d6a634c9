import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Client } from '@countersign/client'
import { type CookieAttributes, createServerClient } from '@countersign/client/ssr'
import { type Auth, createGuard, Refusal } from '@countersign/guard'

/** Where Countersign is. The guard wants it exactly as the server has it in `COUNTERSIGN_ISSUER`. */
const baseUrl = process.env.COUNTERSIGN_URL ?? 'http://127.0.0.1:8000'

/** One for the whole program: it keeps the keys, and follows which sessions were revoked. */
const guard = createGuard({ issuer: baseUrl })

/** What a page knows of its request. */
export interface Session {
  /** of this request alone: it logs in and out, and asks Countersign in the user's name */
  client: Client
  /** who asks, verified here; undefined: nobody */
  auth: Auth | undefined
}

/**
 * The middleware before every page: takes the session out of the request's cookie, refreshes it if it must be, which
 * sets the cookie anew, and verifies the access token.
 * @throws CountersignError, Refusal while Countersign cannot be asked
 */
export async function openSession(request: IncomingMessage, response: ServerResponse): Promise<Session> {
  const client = createServerClient({
    baseUrl,
    cookies: {
      getAll: () => cookiesOf(request),
      setAll: (cookies) => response.appendHeader('set-cookie', cookies.map(written)),
    },
    // No script runs on these pages, so none needs to read the tokens.
    attributes: { httpOnly: true },
    fetch: fetchFor(request),
  })
  const token = await client.getAccessToken()
  return { client, auth: token === null ? undefined : await verified(client, token) }
}

/** A session that was ended elsewhere is logged out here too. */
async function verified(client: Client, token: string): Promise<Auth | undefined> {
  try {
    return await guard.verify(token)
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.status !== 401) throw refusal
    await client.logout()
    return undefined
  }
}

/** The user's list of devices shall name his browser, not this program. */
function fetchFor({ headers }: IncomingMessage): typeof fetch {
  return (input, init) => {
    const onward = new Request(input, init)
    onward.headers.set('user-agent', headers['user-agent'] ?? '')
    return fetch(onward)
  }
}

function cookiesOf({ headers }: IncomingMessage): { name: string; value: string }[] {
  const pairs = (headers.cookie ?? '').split('; ').map((pair) => pair.split('='))
  return pairs.map(([name = '', ...value]) => ({ name, value: value.join('=') }))
}

interface Cookie {
  name: string
  value: string
  attributes: CookieAttributes
}

function written({ name, value, attributes: { path, maxAge, sameSite, httpOnly, secure } }: Cookie): string {
  const flags = `${httpOnly ? '; HttpOnly' : ''}${secure ? '; Secure' : ''}`
  return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; SameSite=${sameSite}${flags}`
}
