import { type AnyRoute, route } from '../http/route.ts'

const maxAgeSeconds = 3_600

/**
 * `GET /.well-known/oauth-authorization-server`: where resource servers find what they need. There is no authorization
 * endpoint to name: users log in by this server's own API.
 * @see RFC 8414 section 2
 */
export function metadataRoutes({ issuer }: { issuer: string }): AnyRoute[] {
  const base = issuer.replace(/\/$/, '')
  const text = JSON.stringify({
    issuer,
    jwks_uri: `${base}/.well-known/jwks.json`,
    revoked_sessions_uri: `${base}/.well-known/revoked-sessions`,
    introspection_endpoint: `${base}/api/oauth/introspect/`,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
    revocation_endpoint: `${base}/api/oauth/revoke/`,
    revocation_endpoint_auth_methods_supported: ['none'],
    response_types_supported: [],
    grant_types_supported: [],
    service_documentation: `${base}/docs`,
  })
  return [
    route({
      method: 'GET',
      path: '/.well-known/oauth-authorization-server',
      name: 'Metadata',
      summary: 'Where the keys and the feed of revoked sessions are',
      answers: {},
      page: true,
      handle: () => ({
        headers: {
          'content-type': 'application/json',
          'cache-control': `public, max-age=${maxAgeSeconds}`,
          'cross-origin-resource-policy': 'cross-origin',
          'access-control-allow-origin': '*',
        },
        body: text,
      }),
    }),
  ]
}
