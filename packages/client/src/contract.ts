/** What the server takes and gives, as its OpenAPI document has it. */

/** The answer of a login and of a refresh. */
export interface TokenPair {
  access: string
  refresh: string
  /** seconds */
  access_expires_in: number
  /** seconds */
  refresh_expires_in: number
}

/** What a login takes. */
export interface Credentials {
  username: string
  password: string
}

/** What a registration takes. */
export interface NewUser {
  username: string
  /** may be left out where the server says so */
  email?: string
  password: string
}

/** The answer of a registration. */
export interface RegisteredUser {
  id: string
  username: string
  email: string
  /** by field: what was taken and had better be changed */
  warnings?: Record<string, string[]>
}

export const paths = {
  register: '/api/register/',
  logoutEverywhere: '/api/logout/',
} as const

/** Below the API that the tokens come from: `/api/`, or that of cookie mode. */
export const tokenPaths = {
  login: 'login/',
  refresh: 'token/refresh/',
  logout: 'logout/',
} as const
