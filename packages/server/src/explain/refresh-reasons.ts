import { foreignGeneration } from '../sessions/rotation.ts'
import { before, comparedIn, type Explanation, type Facts, when } from './facts.ts'
import { endedBecause } from './session-ends.ts'

const logInAgain = 'The user logs in again; there is nothing to mend.'

/** Why a refresh was refused, by the event's reason. */
export const refreshReasons: Readonly<Record<string, (facts: Facts) => Explanation>> = {
  expired: (facts) => ({
    why: expiry(facts),
    todo: `${logInAgain} If sessions should live longer: COUNTERSIGN_REFRESH_TTL, COUNTERSIGN_SESSION_TTL.`,
  }),
  revoked: (facts) => {
    const compared = comparedIn(facts)
    const { revoked_at = compared.decided_at, revoked_reason = '' } = compared
    const ended = `The session had ended at ${when(facts, revoked_at)}, ${before(compared, revoked_at)} this request`
    return {
      why: `${ended}: ${endedBecause(revoked_reason)}.`,
      todo: `${logInAgain} What ended it: countersign audit list --user ${facts.row.user_id}`,
    }
  },
  reuse,
  user_inactive: ({ who }) => ({
    why: `${who} is disabled, so his session cannot go on.`,
    todo: `If he should be let in: countersign users enable ${who}`,
  }),
  unknown_session: (facts) => ({
    why:
      `${isForeign(facts) ? 'The token was once exchanged' : 'The token is ours'}, of ${generationText(facts)}, and its ` +
      'session is not in the database: it ended long ago and was deleted, or the database was restored from a backup ' +
      'made before it.',
    todo: logInAgain,
  }),
  never_issued: (facts) => {
    const { presented_generation, stored_generation } = comparedIn(facts)
    return {
      why:
        `The token is ours, of generation ${presented_generation}, and the session is only at generation ` +
        `${stored_generation}: the database was restored from a backup made before that token was given out.`,
      todo: logInAgain,
    }
  },
  bad_signature: () => ({
    why:
      'What was shown is no refresh token that this deployment made: it was made up, cut, or comes from another ' +
      'deployment; or COUNTERSIGN_SECRET or COUNTERSIGN_ISSUER is another than when it was made.',
    todo:
      'If many honest clients are refused, compare both settings with those of before: a secret is replaced as ' +
      '"new,old". countersign token decode says more of a token that you have.',
  }),
  unknown_user: ({ row }) => ({
    why: `The refresh token was given out by Django, to the user ${row.user_id}, whom nobody here is.`,
    todo: 'If he should be here, import him: countersign import django. Else there is nothing to mend.',
  }),
  unknown_token: () => ({
    why:
      'The refresh token was given out by Django and is not among its outstanding tokens that were imported: it was ' +
      'given out after the last import, or made up by somebody who has COUNTERSIGN_DJANGO_SECRET.',
    todo:
      'Once Django gives out no tokens any more, import once again: countersign import django. If this goes on ' +
      'behind that, take the secret for leaked: remove it, and the users log in again.',
  }),
  blacklisted: () => ({
    why: 'The refresh token was given out by Django, and blacklisted there, or logged out with here.',
    todo: logInAgain,
  }),
  outdated: ({ row }) => ({
    why: 'The refresh token was given out by Django before all sessions of its user were ended here.',
    todo: `${logInAgain} What ended them: countersign audit list --user ${row.user_id}`,
  }),
  access_token: () => ({
    why: 'A good access token was shown where the refresh token belongs.',
    todo: 'Mend the client: it mixes up the two tokens of the login.',
  }),
  refresh_token: () => ({
    why: 'A refresh token was shown where the sliding token belongs.',
    todo: 'The client was written for pairs of tokens, and COUNTERSIGN_SLIDING_TOKENS is true: mend one of them.',
  }),
}

function isForeign(facts: Facts): boolean {
  return comparedIn(facts).presented_generation === foreignGeneration
}

function generationText(facts: Facts): string {
  if (isForeign(facts)) return 'the deployment before this one'
  return `generation ${comparedIn(facts).presented_generation}`
}

function expiry(facts: Facts): string {
  const compared = comparedIn(facts)
  const { token_expires_at, session_expires_at = Number.POSITIVE_INFINITY } = compared
  const isSession = session_expires_at < token_expires_at
  const at = Math.min(token_expires_at, session_expires_at)
  const what = isSession ? 'The session' : `The refresh token, of ${generationText(facts)},`
  return `${what} expired at ${when(facts, at)}, ${before(compared, at)} this request.`
}

function reuse(facts: Facts): Explanation {
  return {
    why: `${spent(facts)} Such a token is taken for stolen, so the session ended, its newest token included.`,
    todo:
      'Ask the user whether he knows all his devices: countersign audit list --user ' +
      `${facts.row.user_id}. If honest clients are caught by this, let them send an Idempotency-Key with each ` +
      'refresh, and write the new token down before they use it.',
  }
}

function spent(facts: Facts): string {
  const compared = comparedIn(facts)
  const { presented_generation, stored_generation = 0, rotated_at = 0, grace_ms = 0 } = compared
  const shown = `A spent refresh token was shown: of ${generationText(facts)}, while the session`
  const since = `since ${when(facts, rotated_at)}, ${before(compared, rotated_at)} this request`
  const rule =
    presented_generation === stored_generation - 1
      ? `The last spent token gets its successor again for ${grace_ms / 1000} s (COUNTERSIGN_REFRESH_GRACE), and ` +
        'later only with the Idempotency-Key of the request that spent it; this one came later and without it.'
      : 'Only the last spent token may be shown again, and this one is older.'
  return `${shown} was at generation ${stored_generation} ${since}. ${rule}`
}
