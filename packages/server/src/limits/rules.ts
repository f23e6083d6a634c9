/** What is tried: each is asked for before its work is done. */
export type Action = 'login' | 'register' | 'reset' | 'code' | 'resend' | 'reauthenticate' | 'refresh'

/** A steady flow: so many at once, and one more in every interval. */
export interface RateFigures {
  kind: 'rate'
  burst: number
  everySeconds: number
}

/** Failures in a row: so many are free, then each one makes the wait twice as long. */
export interface DelayFigures {
  kind: 'delay'
  free: number
  firstSeconds: number
  mostSeconds: number
  /** after this long without a failure all is forgotten */
  memorySeconds: number
}

/** One rule: what it is about, what it counts by, its figures. */
export interface Rule {
  action: Action
  /**
   * An address counts by its network (IPv6 by its first 64 bits), a user by his id or by a name that nobody has; `pair`
   * is a user at an address from which he has logged in; `session` is the one that a refresh token is of.
   */
  by: 'address' | 'account' | 'pair' | 'session'
  figures: RateFigures | DelayFigures
  /** what it counts, for the guide */
  counts: string
}

const hour = 3_600
const day = 24 * hour

/** Sixteen guesses in the first twenty minutes, then four in an hour. */
const growing: DelayFigures = {
  kind: 'delay',
  free: 5,
  firstSeconds: 1,
  mostSeconds: hour / 4,
  memorySeconds: day,
}

/** From the hundredth failure in a row on, one guess an hour. @see NIST SP 800-63B section 3.2.2 */
const ceiling: DelayFigures = {
  kind: 'delay',
  free: 99,
  firstSeconds: hour,
  mostSeconds: hour,
  memorySeconds: day,
}

const rate = (burst: number, everySeconds: number): RateFigures => ({ kind: 'rate', burst, everySeconds })

const guesses = 'passwords that are tried; a success forgets the failures before it'
const known = 'the same of a user who has logged in from this address lately, instead of the rules by user'

/** Every rule. Their names are a promise: they stand in the log, in metrics and in the `RateLimit` fields. */
export const rules = {
  login_address: { action: 'login', by: 'address', figures: rate(60, 4), counts: 'logins, good and bad' },
  login_account: { action: 'login', by: 'account', figures: growing, counts: guesses },
  login_account_ceiling: { action: 'login', by: 'account', figures: ceiling, counts: guesses },
  login_pair: { action: 'login', by: 'pair', figures: growing, counts: known },
  login_pair_ceiling: { action: 'login', by: 'pair', figures: ceiling, counts: known },
  register_address: {
    ...{ action: 'register', by: 'address', figures: rate(20, 180) },
    counts: 'registrations, also of names that are taken',
  },
  reset_address: {
    action: 'reset',
    by: 'address',
    figures: rate(10, 120),
    counts: 'requests for a new password',
  },
  reset_account: {
    action: 'reset',
    by: 'account',
    figures: rate(3, 600),
    counts: 'requests for a new password',
  },
  code_address: {
    action: 'code',
    by: 'address',
    figures: rate(20, 30),
    counts: 'codes from a mail, good and bad',
  },
  code_account: {
    ...{ action: 'code', by: 'account', figures: growing },
    counts: 'codes from a mail; a good one forgets the bad ones before it',
  },
  resend_address: {
    action: 'resend',
    by: 'address',
    figures: rate(10, 120),
    counts: 'requests for another mail',
  },
  resend_account: {
    action: 'resend',
    by: 'account',
    figures: rate(3, 600),
    counts: 'requests for another mail',
  },
  reauthenticate_account: {
    ...{ action: 'reauthenticate', by: 'account', figures: growing },
    counts: 'passwords that a logged-in user is asked for again; a good one forgets the bad ones before it',
  },
  refresh_address: {
    ...{ action: 'refresh', by: 'address', figures: rate(60, 1) },
    counts: 'refresh tokens that are not ours',
  },
  refresh_session: {
    ...{ action: 'refresh', by: 'session', figures: rate(10, 10) },
    counts: 'refused refresh tokens of one session',
  },
} as const satisfies Readonly<Record<string, Rule>>

export type RuleName = keyof typeof rules
