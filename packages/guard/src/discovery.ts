import { readText } from './read-text.ts'

/** What the issuer says of itself, as far as a guard needs it. */
export interface Metadata {
  jwksUri: string
  /** undefined where the issuer publishes no feed */
  revokedSessionsUri: string | undefined
}

const timeoutMs = 5_000
const mostBytes = 1_048_576

/**
 * Reads where the keys and the feed are, once; a failure is forgotten, so that the next one asks again.
 * @throws Error where the document is another issuer's or cannot be read
 * @see RFC 8414 section 3
 */
export function createDiscovery(issuer: string, fetchOf: typeof fetch): () => Promise<Metadata> {
  let known: Promise<Metadata> | undefined
  return () => {
    known ??= discover(issuer, fetchOf).catch((thrown: unknown) => {
      known = undefined
      throw thrown
    })
    return known
  }
}

async function discover(issuer: string, fetchOf: typeof fetch): Promise<Metadata> {
  const answer = await firstGood(metadataAddresses(issuer), fetchOf)
  const said = JSON.parse(await readText(answer, mostBytes)) as Record<string, unknown>
  if (said.issuer !== issuer)
    throw new Error(
      `the guard was given the issuer ${issuer}, but the server calls itself ${String(said.issuer)}`,
    )
  const { jwks_uri, revoked_sessions_uri } = said
  if (typeof jwks_uri !== 'string') throw new Error('the metadata names no keys')
  return {
    jwksUri: jwks_uri,
    revokedSessionsUri: typeof revoked_sessions_uri === 'string' ? revoked_sessions_uri : undefined,
  }
}

async function firstGood(addresses: readonly string[], fetchOf: typeof fetch): Promise<Response> {
  let answer: Response | undefined
  for (const address of addresses) {
    answer = await fetchOf(address, { signal: AbortSignal.timeout(timeoutMs) })
    if (answer.ok) return answer
  }
  throw new Error(`the metadata was answered ${answer?.status}`)
}

/** The well-known place goes between the host and the issuer's path; many proxies only know it behind the path. */
function metadataAddresses(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const place = '/.well-known/oauth-authorization-server'
  if (pathname === '/') return [`${origin}${place}`]
  const path = pathname.replace(/\/$/, '')
  return [`${origin}${place}${path}`, `${origin}${path}${place}`]
}
