import type { Problem } from '../problem.ts'
import type { SettingValues } from '../settings.ts'
import { simplejwtSettings } from './simplejwt-settings.ts'

const { simplejwt, slidingTokens } = simplejwtSettings

/** Sliding tokens are simplejwt's: without its endpoints nobody would know what to do with them. */
export function slidingAlone(values: Pick<SettingValues, keyof typeof simplejwtSettings>): Problem[] {
  if (values.slidingTokens !== 'true' || values.simplejwt !== 'off') return []
  return [
    {
      what: `${slidingTokens.env} is true and ${simplejwt.env} is off: there are no endpoints for sliding tokens.`,
      remedy: `Set ${simplejwt.env} to 5.2 or 5.5.`,
    },
  ]
}
