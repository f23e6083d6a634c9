import type { Clock } from '../../clock.ts'
import { AuthError } from '../../errors.ts'
import type { AccessTokens } from '../../tokens/access-token.ts'
import { type Fault, faults, type SimplejwtVersion, texts } from './texts.ts'

export interface WordingDeps {
  simplejwt: SimplejwtVersion
  accessTokens: Pick<AccessTokens, 'findExpired'>
  /** present where sliding tokens are what clients hold */
  slidingTokens: AccessTokens | undefined
  clock: Clock
}

/**
 * The same refusal in the words of simplejwt; whatever says nothing of a token stays as it is.
 * @param shown the token that it is about; asked only where its end decides
 */
export function reword(deps: WordingDeps, thrown: unknown, shown: () => string): unknown {
  if (!(thrown instanceof AuthError)) return thrown
  const { code, details } = thrown
  if (code !== 'token_not_valid' && code !== 'access_token_not_valid') return thrown
  const fault = faultOf(deps, details.reason, shown)
  const text = texts[deps.simplejwt][fault]
  if (code === 'token_not_valid') return new AuthError(codeOf(deps, fault), { ...details, detail: text })
  return new AuthError(code, { ...details, message: text, ...(deps.slidingTokens && { tokenKind: sliding }) })
}

const sliding = { token_class: 'SlidingToken', token_type: 'sliding' }

/** Later versions tell of a missing account as a login does, without a `code`. */
function codeOf({ simplejwt }: WordingDeps, fault: Fault) {
  return fault === 'no_account' && simplejwt === '5.5' ? 'invalid_credentials' : 'token_not_valid'
}

/** Our own refusals do not tell an expired access token from a forged one: only here somebody wants to know. */
function faultOf(deps: WordingDeps, reason: string | undefined, shown: () => string): Fault {
  const fault = (faults as Readonly<Record<string, Fault>>)[reason ?? ''] ?? 'invalid'
  const { invalid, expired } = texts[deps.simplejwt]
  if (fault !== 'invalid' || invalid === expired) return fault
  return deps.accessTokens.findExpired(shown(), deps.clock()) ? 'expired' : fault
}
