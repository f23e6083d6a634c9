/** What a browser page of another origin may send and read. */
const preflight = {
  'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key',
  'access-control-max-age': '600',
}
const readable = { 'access-control-expose-headers': 'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id' }

/**
 * The CORS headers of an answer to a page of that origin: an exact comparison with the list, no pattern, no echo of
 * what is not in it, no cookies.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function corsHeaders(
  allowed: readonly string[],
  request: { origin: string | undefined; isPreflight: boolean },
): Readonly<Record<string, string>> {
  const { origin, isPreflight } = request
  if (origin === undefined || !allowed.includes(origin)) return {}
  return { 'access-control-allow-origin': origin, ...(isPreflight ? preflight : readable) }
}
