/** What one limit of a route lets through. */
export interface RatePolicy {
  /** letters, digits and `_` */
  name: string
  quota: number
  windowSeconds: number
}

/**
 * The value of `RateLimit-Policy`: what a route lets through at the most.
 * @see draft-ietf-httpapi-ratelimit-headers section 3
 */
export function policyField(policies: readonly RatePolicy[]): string {
  return policies
    .map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`)
    .join(', ')
}

/** The value of `RateLimit` where a policy lets nothing through for so many seconds. */
export function exhausted(policy: string, seconds: number): string {
  return `"${policy}";r=0;t=${seconds}`
}
