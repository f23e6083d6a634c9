import type { Explanation, Facts } from './facts.ts'
import { refreshReasons } from './refresh-reasons.ts'
import { endedBecause, endReasons } from './session-ends.ts'

type Reasons = Readonly<Record<string, (facts: Facts) => Explanation>>

/** Why a logout was refused, by the event's reason. */
export const logoutReasons: Reasons = {
  ...Object.fromEntries(
    ['bad_signature', 'access_token'].flatMap((name) => {
      const explain = refreshReasons[name]
      return explain ? [[name, explain]] : []
    }),
  ),
  expired: () => ({
    why: 'A refresh token was to be put on the blacklist and had expired already, as simplejwt tells then.',
    todo: 'Nothing: it is good for nothing any more. POST /api/logout/ takes expired tokens too.',
  }),
}

/** Why an access token was refused, by the event's reason. */
export const accessReasons: Reasons = {
  invalid_or_expired: () => ({
    why:
      'The access token has expired, or is none of ours: another deployment made it, another key signed it, or ' +
      'COUNTERSIGN_ISSUER or COUNTERSIGN_AUDIENCE is another than when it was made.',
    todo: 'The client refreshes, which it does every COUNTERSIGN_ACCESS_TTL anyway. countersign token decode tells what is wrong with a token that you have.',
  }),
  refresh_token: () => ({
    why: 'A refresh token was shown where the access token belongs.',
    todo: 'Mend the client: it mixes up the two tokens of the login.',
  }),
  foreign_page: () => ({
    why:
      'A browser sent it from a page of another origin, and tokens travel in cookies here: whoever wrote that page could ' +
      'have sent it without the user.',
    todo: 'If the page is yours, put its origin into COUNTERSIGN_CORS_ORIGINS. If it is not, nothing: it was refused.',
  }),
  spent: () => ({
    why: 'A refresh token was shown for verification, and it has been exchanged for its successor before.',
    todo: 'Nothing, unless the client means to use it: it keeps an old token, and the session goes on with the new one.',
  }),
  unknown_session: () => ({
    why: 'The refresh token that was shown is ours, and its session is not in the database: it ended long ago.',
    todo: 'The user logs in again; there is nothing to mend.',
  }),
  user_inactive: ({ who }) => ({
    why: `${who} is disabled, so his refresh token is good for nothing.`,
    todo: `If he should be let in: countersign users enable ${who}`,
  }),
  ...Object.fromEntries(endReasons.map((reason) => [reason, (facts: Facts) => ended(facts, reason)])),
}

function ended({ row }: Facts, reason: string): Explanation {
  return {
    why: `The access token is good, and its session has ended: ${endedBecause(reason)}.`,
    todo: `The user logs in again. What ended it: countersign audit list --user ${row.user_id}`,
  }
}

/** Why a registration was refused, by the code of its refusal. */
export const registerCodes: Reasons = {
  invalid: () => ({
    why: 'Somebody has the name or the e-mail address already, or the password is too weak. Which of them is not kept.',
    todo: 'The answer told the client, by field. countersign users list --search NAME shows who has a name.',
  }),
  overloaded: () => ({
    why: 'The password was not hashed: too many logins waited for a processor.',
    todo: 'The client tries again. If it is no flood: countersign doctor.',
  }),
}
