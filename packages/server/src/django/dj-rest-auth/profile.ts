/** How the tokens of a login travel in cookies. */
export interface TokenCookies {
  /** their names, undefined where that token does not */
  access: string | undefined
  refresh: string | undefined
  /** where browsers send the refresh cookie to; the other goes everywhere */
  refreshPath: string
  sameSite: 'Strict' | 'Lax' | 'None'
  /** over https only */
  isSecure: boolean
  /** origins whose pages may use them, ours among them */
  trusted: readonly string[]
}

/** What an operator says of the API that speaks to dj-rest-auth's front ends. */
export interface Profile {
  /** begins and ends with a slash */
  prefix: string
  /** whether another password takes the old one */
  oldPassword: 'always' | 'unless_recent'
  /** whether a login tells when its tokens end */
  tellsExpiration: boolean
  /** undefined where both tokens travel in bodies and headers */
  cookies: TokenCookies | undefined
}
