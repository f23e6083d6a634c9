import type { Config } from '../config/config.ts'

/** The profile for dj-rest-auth's front ends as the settings have it; undefined where it is off. */
export function djRestAuthOf(config: Config) {
  const { djRestAuth: prefix, djRestAuthOldPassword: oldPassword, accessCookie, refreshCookie } = config
  if (prefix === false) return undefined
  const cookies = {
    ...{ access: accessCookie, refresh: refreshCookie, refreshPath: config.refreshCookiePath },
    ...{ sameSite: config.cookieSameSite, trusted: trustedOrigins(config) },
    // A browser keeps no secure cookie of a server without TLS, such as the one that is developed against.
    isSecure: !config.isDevelopment || config.issuer.startsWith('https:'),
  }
  return {
    ...{ prefix, oldPassword, tellsExpiration: config.djRestAuthExpiration === 'on' },
    cookies: accessCookie === undefined && refreshCookie === undefined ? undefined : cookies,
  }
}

/** The cookie that guards look for, undefined where there is none. */
export function accessCookieOf(config: Config) {
  const { accessCookie: name } = config
  return name === undefined ? undefined : { name, trusted: trustedOrigins(config) }
}

/** The pages that mails lead to where a front end has its own. */
export function mailPagesOf({ djRestAuthResetUrl, djRestAuthVerifyUrl }: Config) {
  return { reset_password: djRestAuthResetUrl, verify_email: djRestAuthVerifyUrl }
}

function trustedOrigins({ issuer, corsOrigins }: Config): readonly string[] {
  return [new URL(issuer).origin, ...corsOrigins]
}
