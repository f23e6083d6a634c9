import { choice } from '../parsers.ts'
import { setting } from '../setting.ts'
import { cookieName, cookiePath, pageUrl, pathPrefix } from './dj-rest-auth-parsers.ts'

/** The profile for front ends that were made for dj-rest-auth, and the cookies that tokens may travel in. */
export const djRestAuthSettings = {
  djRestAuth: setting({
    env: 'COUNTERSIGN_DJ_REST_AUTH',
    parse: pathPrefix,
    default: 'off',
    doc: "The path that dj-rest-auth's API is served under, beside ours: `/api/auth/`, `/dj-rest-auth/` or where it was. See the guide.",
  }),
  djRestAuthExpiration: setting({
    env: 'COUNTERSIGN_DJ_REST_AUTH_EXPIRATION',
    parse: choice('off', 'on'),
    default: 'off',
    doc: '`on`: its login also tells `access_expiration` and `refresh_expiration`, as `JWT_AUTH_RETURN_EXPIRATION` has it.',
  }),
  djRestAuthOldPassword: setting({
    env: 'COUNTERSIGN_DJ_REST_AUTH_OLD_PASSWORD',
    parse: choice('always', 'unless_recent'),
    default: 'always',
    doc: 'When its `password/change/` asks for `old_password`: `always` is `OLD_PASSWORD_FIELD_ENABLED`; `unless_recent` spares a session that was opened within `COUNTERSIGN_REAUTH_WINDOW`.',
  }),
  djRestAuthResetUrl: setting({
    env: 'COUNTERSIGN_DJ_REST_AUTH_RESET_URL',
    parse: pageUrl('{uid}', '{token}'),
    doc: 'The page of your front end that mails for a new password lead to: `https://app.example.com/reset/{uid}/{token}`. It posts both to `password/reset/confirm/`. Not set: they lead to ours.',
  }),
  djRestAuthVerifyUrl: setting({
    env: 'COUNTERSIGN_DJ_REST_AUTH_VERIFY_URL',
    parse: pageUrl('{key}'),
    doc: 'The page of your front end that mails for the proof of an address lead to: `https://app.example.com/verify/{key}`. It posts the key to `registration/verify-email/`. Not set: they lead to ours.',
  }),
  accessCookie: setting({
    env: 'COUNTERSIGN_AUTH_COOKIE',
    parse: cookieName,
    doc: "Name of the cookie that a login by dj-rest-auth's API puts the access token into; every guarded operation takes it from there where no `Authorization` header comes. Not set: none.",
  }),
  refreshCookie: setting({
    env: 'COUNTERSIGN_REFRESH_COOKIE',
    parse: cookieName,
    doc: 'Name of the cookie for the refresh token; the `refresh` of the answer is empty then. Not set: none.',
  }),
  refreshCookiePath: setting({
    env: 'COUNTERSIGN_REFRESH_COOKIE_PATH',
    parse: cookiePath,
    default: '/',
    doc: 'Where browsers send the refresh cookie to, as they see the path: with `/api/auth/` it goes to no other operation.',
  }),
  cookieSameSite: setting({
    env: 'COUNTERSIGN_COOKIE_SAMESITE',
    parse: choice('Lax', 'Strict', 'None'),
    default: 'Lax',
    doc: '`SameSite` of both cookies. `None` sends them from pages of other sites as well, of which `COUNTERSIGN_CORS_ORIGINS` has the list; it takes https.',
  }),
} as const
