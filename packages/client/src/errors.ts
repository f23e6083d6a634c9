/** What the server says of a request, and what the client says where no server answered. */
export type KnownErrorCode =
  /** fields were refused: see `fields` */
  | 'invalid'
  | 'bad_request'
  | 'invalid_credentials'
  | 'email_not_verified'
  | 'not_authenticated'
  | 'bad_authorization_header'
  | 'token_not_valid'
  | 'user_inactive'
  | 'user_not_found'
  | 'throttled'
  | 'unavailable'
  | 'internal'
  /** another refusal: see `status` */
  | 'refused'
  /** nothing answered; whether the request arrived is not known */
  | 'network_error'
  /** no answer in time; whether the request arrived is not known */
  | 'timeout'
  /** something answered that is no Countersign server: a captive portal, a proxy's page */
  | 'bad_answer'
  /** this needs a session, and there is none */
  | 'signed_out'
  /** `fetch` was asked to show a token to an origin that is not in `sendTokensTo` */
  | 'foreign_origin'
  /** in cookie mode nobody but the browser sees a token */
  | 'cookie_mode'

/** A newer server may have codes that this client does not know. */
export type ErrorCode = KnownErrorCode | (string & Record<never, never>)

/** What else is known of a refusal. */
export interface ErrorDetails {
  /** of the server's answer */
  status?: number | undefined
  /** the faults of each field, as the server told them */
  fields?: Readonly<Record<string, readonly string[]>> | undefined
  /** seconds after which another try is worth while */
  retryAfterSeconds?: number | undefined
  /** the server's name for the request: its log has the reason under it */
  requestId?: string | undefined
  cause?: unknown
}

/** Everything that the client throws. `code` is stable; the message is for people and is not. */
export class CountersignError extends Error {
  declare readonly code: ErrorCode
  declare readonly status: number | undefined
  declare readonly fields: Readonly<Record<string, readonly string[]>>
  declare readonly retryAfterSeconds: number | undefined
  declare readonly requestId: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details)
    Object.assign(this, { name: 'CountersignError', code, fields: {} }, details)
  }
}

/** The error itself if it is one of ours; otherwise the request did not get through. */
export function asError(thrown: unknown): CountersignError {
  if (thrown instanceof CountersignError) return thrown
  return new CountersignError('network_error', 'The server could not be reached', { cause: thrown })
}
