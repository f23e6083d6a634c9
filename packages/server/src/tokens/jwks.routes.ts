import { entityTag, isKnown } from '../http/etag.ts'
import { type AnyRoute, route } from '../http/route.ts'
import type { KeyRing } from './key-ring.ts'
import { jwksMaxAgeSeconds } from './key-schedule.ts'

/**
 * `GET /.well-known/jwks.json`: the public keys, cacheable as long as no key signs that is not in it yet.
 * @see RFC 7517 section 5
 */
export function jwksRoutes({ keyRing }: { keyRing: KeyRing }): AnyRoute[] {
  let document = makeDocument(keyRing)
  keyRing.onChange(() => {
    document = makeDocument(keyRing)
  })
  return [
    route({
      method: 'GET',
      path: '/.well-known/jwks.json',
      name: 'Public keys',
      summary: 'The keys that verify access tokens',
      answers: {},
      page: true,
      handle(request) {
        const { text, etag } = document
        const headers = {
          'content-type': 'application/json',
          // No stale-while-revalidate: it would let a cache show the keys for longer than a new one waits.
          'cache-control': `public, max-age=${jwksMaxAgeSeconds}`,
          'cross-origin-resource-policy': 'cross-origin',
          'access-control-allow-origin': '*',
          etag,
        }
        return isKnown(etag, request.header('if-none-match'))
          ? { status: 304, headers, body: '' }
          : { headers, body: text }
      },
    }),
  ]
}

function makeDocument(keyRing: KeyRing): { text: string; etag: string } {
  const text = JSON.stringify({ keys: keyRing.published() })
  return { text, etag: entityTag(text) }
}
