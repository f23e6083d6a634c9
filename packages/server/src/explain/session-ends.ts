const ends: Readonly<Record<string, string>> = {
  logout: 'the user logged out',
  logout_all: 'the user logged out everywhere',
  reuse: 'a spent refresh token of it was shown, which is taken for theft',
  limit: 'the user opened more sessions than COUNTERSIGN_MAX_SESSIONS, and the oldest ended',
  password_changed: 'the password was changed',
  email_changed: 'the e-mail address was changed',
  operator: 'an operator ended it',
  user_disabled: 'the user was disabled',
  user_deleted: 'the user was deleted',
}

/** Why sessions end before their time, in words. */
export function endedBecause(reason: string): string {
  return ends[reason] ?? reason
}

/** All that this program has words for. */
export const endReasons: readonly string[] = Object.keys(ends)
