import type { Problem } from '../problem.ts'
import type { SettingValues } from '../settings.ts'
import { djRestAuthSettings as settings } from './dj-rest-auth-settings.ts'

/** The settings of the profile that may be missing. */
export type DjRestAuthSetting =
  | 'djRestAuthResetUrl'
  | 'djRestAuthVerifyUrl'
  | 'accessCookie'
  | 'refreshCookie'

type Values = Pick<SettingValues, keyof typeof settings | 'issuer'>

/** What is wrong with the profile and its cookies together, though each setting is fine by itself. */
export function unusable(values: Values, mode: 'dev' | 'start'): Problem[] {
  return [...withoutProfile(values), ...clearPages(values, mode), ...cookieProblems(values, mode)]
}

function withoutProfile(values: Values): Problem[] {
  if (values.djRestAuth !== false) return []
  const names = ['djRestAuthResetUrl', 'djRestAuthVerifyUrl', 'accessCookie', 'refreshCookie'] as const
  return names
    .filter((name) => values[name] !== undefined)
    .map((name) => ({
      what: `${settings[name].env} is set and ${settings.djRestAuth.env} is off: nothing would use it.`,
      remedy: `Set ${settings.djRestAuth.env} to the path of the API, for example /api/auth/, or take it out.`,
    }))
}

/** The secrets of mails go to these pages. */
function clearPages(values: Values, mode: 'dev' | 'start'): Problem[] {
  if (mode === 'dev') return []
  return (['djRestAuthResetUrl', 'djRestAuthVerifyUrl'] as const)
    .filter((name) => /^http:\/\/(?!(localhost|127(\.\d+){3}|\[::1\])[:/])/.test(values[name] ?? ''))
    .map((name) => ({
      what: `${settings[name].env} is an http address: its secrets would cross the network in the clear.`,
      remedy: 'Take https.',
    }))
}

function cookieProblems(values: Values, mode: 'dev' | 'start'): Problem[] {
  const { accessCookie, refreshCookie, refreshCookiePath, cookieSameSite } = values
  const names = [accessCookie, refreshCookie].filter((name) => name !== undefined)
  const found: Problem[] = []
  if (accessCookie !== undefined && accessCookie === refreshCookie) {
    const [one, other] = [settings.accessCookie.env, settings.refreshCookie.env]
    found.push({ what: `${one} and ${other} are the same.`, remedy: 'Give each token a cookie of its own.' })
  }
  if (refreshCookie?.startsWith('__Host-') && refreshCookiePath !== '/') {
    found.push({
      what: `${settings.refreshCookie.env} begins with __Host- and ${settings.refreshCookiePath.env} is ${refreshCookiePath}: no browser would keep it.`,
      remedy: 'Leave the path at /, or take __Secure-.',
    })
  }
  const takesHttps = cookieSameSite === 'None' || names.some((name) => /^__(Host|Secure)-/.test(name))
  if (names.length > 0 && takesHttps && mode === 'dev' && !values.issuer?.startsWith('https:')) {
    found.push({
      what: 'Cookies with SameSite=None, and those whose name begins with __Host- or __Secure-, take https: no browser would keep them here.',
      remedy:
        'Leave that to production, or put TLS in front and set COUNTERSIGN_ISSUER to the https address.',
    })
  }
  return found
}
