/** The formats that a file may have, by the names of the API. */
export const formats = ['countersign', 'keycloak', 'firebase', 'supabase', 'auth0', 'devise'] as const

export type Format = (typeof formats)[number]

/** What stands in one system's files alone, asked in this order: Supabase has the columns of Devise as well. */
const signs: readonly (readonly [Format, RegExp])[] = [
  ['firebase', /"localId"/],
  ['keycloak', /"(?:realm|credentialData|createdTimestamp|serviceAccountClientId)"/],
  ['supabase', /\b(?:email_confirmed_at|raw_app_meta_data|instance_id)\b/],
  ['auth0', /\b(?:passwordHash|user_id|logins_count)\b|"_id"|"\$oid"/],
  ['devise', /\bencrypted_password\b/],
]

/**
 * Whose format a file has, as far as its beginning and its name tell.
 * @param beginning some thousand characters
 */
export function guessFormat(beginning: string, name: string): Format {
  const bySign = signs.find(([, sign]) => sign.test(beginning))?.[0]
  return bySign ?? formats.find((one) => name.toLowerCase().includes(one)) ?? 'countersign'
}

/** Whether it can only be opened with a key. */
export function isSealed(beginning: string): boolean {
  return beginning.startsWith('countersign-sealed/')
}
