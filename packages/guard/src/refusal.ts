/** Why a request is not let in. The codes are a promise. */
export type RefusalCode =
  | 'no_token'
  | 'invalid_request'
  | 'invalid_token'
  | 'revoked'
  | 'insufficient_scope'
  | 'unavailable'

type RefusalStatus = 400 | 401 | 403 | 503

const statuses: Readonly<Record<RefusalCode, RefusalStatus>> = {
  no_token: 401,
  invalid_request: 400,
  invalid_token: 401,
  revoked: 401,
  insufficient_scope: 403,
  unavailable: 503,
}

/** What the header calls it; whoever showed no token is told no error. */
const errorNames: Readonly<Partial<Record<RefusalCode, string>>> = {
  invalid_request: 'invalid_request',
  invalid_token: 'invalid_token',
  revoked: 'invalid_token',
  insufficient_scope: 'insufficient_scope',
}

/** A refusal, with all that an answer about it needs. */
export class Refusal extends Error {
  readonly code: RefusalCode
  /** 401, 403, 400, or 503 while it cannot be decided */
  readonly status: RefusalStatus
  /** for the log; not for the caller */
  readonly reason: string
  readonly scopes: readonly string[]

  constructor(
    code: RefusalCode,
    reason: string,
    options: { scopes?: readonly string[]; cause?: unknown } = {},
  ) {
    super(reason, { cause: options.cause })
    this.name = 'Refusal'
    this.code = code
    this.status = statuses[code]
    this.reason = reason
    this.scopes = options.scopes ?? []
  }

  /**
   * The headers of the answer.
   * @param realm what the challenge calls the protected place
   * @see RFC 6750 section 3
   */
  headers(realm = 'api'): Record<string, string> {
    if (this.code === 'unavailable') return { 'retry-after': '1' }
    const error = errorNames[this.code]
    const parts = [
      `realm="${realm}"`,
      error && `error="${error}"`,
      this.scopes.length > 0 && `scope="${this.scopes.join(' ')}"`,
    ]
    return { 'www-authenticate': `Bearer ${parts.filter(Boolean).join(', ')}` }
  }

  /** The body of the answer: a code and a sentence, and nothing about the token. */
  body(): { code: RefusalCode; detail: string } {
    return { code: this.code, detail: sentences[this.code] }
  }
}

const sentences: Readonly<Record<RefusalCode, string>> = {
  no_token: 'Authentication credentials were not provided.',
  invalid_request: 'The Authorization header must be the word Bearer and a token.',
  invalid_token: 'The access token is invalid or expired.',
  revoked: 'The access token is invalid or expired.',
  insufficient_scope: 'The access token does not allow this.',
  unavailable: 'The access token cannot be checked at the moment.',
}
