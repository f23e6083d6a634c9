import { choice } from '../parsers.ts'
import { setting } from '../setting.ts'

/** Whether the endpoints, answers and words are simplejwt's. */
export const simplejwtSettings = {
  simplejwt: setting({
    env: 'COUNTERSIGN_SIMPLEJWT',
    parse: choice('off', '5.2', '5.5'),
    default: 'off',
    doc: 'Speaks exactly as Django with simplejwt does: its endpoints, answers and error texts, and its `user_id`. `5.2` stands for versions up to 5.4, `5.5` for later ones.',
  }),
  slidingTokens: setting({
    env: 'COUNTERSIGN_SLIDING_TOKENS',
    parse: choice('false', 'true'),
    default: 'false',
    doc: "`true`: logins answer simplejwt's sliding tokens instead of pairs. One is good for `COUNTERSIGN_ACCESS_TTL`, and is made anew until `COUNTERSIGN_REFRESH_TTL` after the login. Nothing tells a stolen one, so prefer pairs. Needs `COUNTERSIGN_SIMPLEJWT`.",
  }),
} as const
