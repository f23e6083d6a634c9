import { choice } from '../parsers.ts'
import { setting } from '../setting.ts'
import { djangoSecret, instant } from './legacy-parsers.ts'

/** The key of a Django deployment that moves here, for the time that it takes. */
export const legacySettings = {
  djangoSecret: setting({
    env: 'COUNTERSIGN_DJANGO_SECRET',
    parse: djangoSecret,
    secret: true,
    doc: "While users move here from Django: its `SECRET_KEY`, or simplejwt's `SIGNING_KEY` where that is another. A refresh token that Django gave out is then exchanged, once, for a session here. Whoever has this secret can make such tokens: set it for the move alone. Not set: there is no such thing.",
  }),
  djangoUntil: setting({
    env: 'COUNTERSIGN_DJANGO_UNTIL',
    parse: instant,
    doc: "When all that `COUNTERSIGN_DJANGO_SECRET` allows is over, by the clock and without a restart; needed with it, at most 90 days ahead. The cut-over and simplejwt's `REFRESH_TOKEN_LIFETIME` behind it are enough, with `COUNTERSIGN_DJANGO_SIGN` the day by which every resource server verifies by the JWKS.",
  }),
  djangoAlgorithm: setting({
    env: 'COUNTERSIGN_DJANGO_ALGORITHM',
    parse: choice('HS256', 'HS384', 'HS512'),
    default: 'HS256',
    doc: "simplejwt's `ALGORITHM`.",
  }),
  djangoSign: setting({
    env: 'COUNTERSIGN_DJANGO_SIGN',
    parse: choice('false', 'true'),
    default: 'false',
    doc: '`true` signs access tokens with `COUNTERSIGN_DJANGO_SECRET` too, so that resource servers that know nothing but that secret go on. Those that verify by the JWKS refuse such tokens, and each server that has the secret can make tokens of anybody.',
  }),
} as const
