/** On every answer, whoever gives it. */
const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/** What an API answer may do in a browser: nothing. */
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

/** What our own pages may do: load what we serve, and talk to us. */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** What a page with a form and no script may do: show itself, and send the form back here. */
export const formPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/**
 * The headers of all answers. Nothing is kept by a cache unless a route says so.
 * @param secure whether the deployment is reached by https; then browsers are told to insist on it
 */
export function commonHeaders(secure: boolean): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': apiPolicy,
    ...always,
    ...(secure && { 'strict-transport-security': 'max-age=31536000' }),
  }
}
