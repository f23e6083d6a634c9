import type { Problem } from '../problem.ts'
import type { SettingValues } from '../settings.ts'
import { legacySettings as settings } from './legacy-settings.ts'

/** The settings of the key that may be missing. */
export type LegacySetting = 'djangoSecret' | 'djangoUntil'

type Values = Pick<SettingValues, keyof typeof settings | 'secrets'>

/** The key of the deployment that the users come from, and what it is good for. */
export interface DjangoKeyConfig {
  readonly secret: string
  readonly algorithm: 'HS256' | 'HS384' | 'HS512'
  /** epoch milliseconds */
  readonly until: number
  /** whether access tokens are signed with it, too */
  readonly signs: boolean
}

/** @returns undefined where there is none, or no end to it */
export function completeDjangoKey(values: Values): DjangoKeyConfig | undefined {
  const {
    djangoSecret: secret,
    djangoUntil: until,
    djangoAlgorithm: algorithm = 'HS256',
    djangoSign,
  } = values
  if (secret === undefined || until === undefined) return undefined
  return { secret, algorithm, until, signs: djangoSign === 'true' }
}

const mostAhead = { days: 90, ms: 90 * 86_400_000 }

/**
 * What is wrong with the settings of the key together. An end that has passed is no fault: a server that starts again
 * behind it serves on without the key.
 * @param now epoch milliseconds
 */
export function unbounded(values: Values, now: number): Problem[] {
  const { djangoSecret: secret, djangoUntil: until, secrets } = values
  const found = secret === undefined ? withoutSecret(values) : []
  if (secret !== undefined && until === undefined) {
    found.push({
      what: `${settings.djangoSecret.env} is set, and ${settings.djangoUntil.env} is not: it must have an end.`,
      remedy: `Set it to an instant at most ${mostAhead.days} days ahead, such as ${exampleOf(now)}.`,
    })
  }
  if (until !== undefined && until > now + mostAhead.ms) {
    found.push({
      what: `${settings.djangoUntil.env} is more than ${mostAhead.days} days ahead.`,
      remedy: `Set it to ${new Date(now + mostAhead.ms).toISOString()} at the latest.`,
    })
  }
  if (secret !== undefined && secrets?.some((one) => one === secret)) {
    found.push({
      what: `${settings.djangoSecret.env} is COUNTERSIGN_SECRET as well: every server that has the first could open our keys.`,
      remedy: 'Give COUNTERSIGN_SECRET a value of its own: openssl rand -base64 48',
    })
  }
  return found
}

function withoutSecret({ djangoUntil, djangoSign }: Values): Problem[] {
  const without = [
    ...(djangoUntil === undefined ? [] : [settings.djangoUntil.env]),
    ...(djangoSign === 'true' ? [settings.djangoSign.env] : []),
  ]
  return without.map((name) => ({
    what: `${name} is set, and ${settings.djangoSecret.env} is not.`,
    remedy: `Set that (or ${settings.djangoSecret.env}_FILE), or remove ${name}.`,
  }))
}

function exampleOf(now: number): string {
  return new Date(now + 30 * 86_400_000).toISOString()
}
