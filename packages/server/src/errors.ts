/**
 * Every refusal the server can give, in one table: the HTTP face, the client and the documentation read it.
 * `wireCode` is what goes into the answer's `code` member, where Django's clients expect one.
 */
export const errors = {
  invalid_credentials: { status: 401, detail: 'No active account found with the given credentials' },
  email_not_verified: {
    status: 401,
    detail: 'The e-mail address is not verified yet.',
    wireCode: 'email_not_verified',
  },
  not_authenticated: { status: 401, detail: 'Authentication credentials were not provided.' },
  bad_authorization_header: {
    status: 401,
    detail: 'Authorization header must contain two space-delimited values',
    wireCode: 'bad_authorization_header',
  },
  token_not_valid: { status: 401, detail: 'Token is invalid or expired', wireCode: 'token_not_valid' },
  token_wrong_type: { status: 401, detail: 'Token has wrong type', wireCode: 'token_not_valid' },
  access_token_not_valid: {
    status: 401,
    detail: 'Given token not valid for any token type',
    wireCode: 'token_not_valid',
  },
  user_inactive: { status: 401, detail: 'User is inactive', wireCode: 'user_inactive' },
  user_not_found: { status: 401, detail: 'User not found', wireCode: 'user_not_found' },
  invalid: { status: 400, detail: 'Invalid input.' },
  bad_request: { status: 400, detail: 'Bad request.' },
  parse_error: { status: 400, detail: 'Malformed request.' },
  cross_site: { status: 403, detail: 'This form can be sent from its own page only.' },
  forbidden: { status: 403, detail: 'Your role does not allow this.' },
  no_role: { status: 403, detail: 'You have no role in the console.' },
  reauthentication_required: { status: 403, detail: 'Show your password again first.' },
  not_found: { status: 404, detail: 'Not found.' },
  method_not_allowed: { status: 405, detail: 'Method not allowed.' },
  not_acceptable: { status: 406, detail: 'Could not satisfy the request Accept header.' },
  conflict: { status: 409, detail: 'This cannot be done as things are.' },
  precondition_failed: { status: 412, detail: 'It was changed meanwhile. Look again.' },
  precondition_required: { status: 428, detail: 'Say with If-Match what you have seen.' },
  body_too_large: { status: 413, detail: 'The request body is larger than 65536 bytes.' },
  unsupported_media_type: { status: 415, detail: 'Unsupported media type in request.' },
  headers_too_large: { status: 431, detail: 'The request headers are larger than 16384 bytes.' },
  request_timeout: { status: 408, detail: 'The request took too long to arrive.' },
  overloaded: { status: 503, detail: 'Too many logins at once. Try again shortly.' },
  unavailable: { status: 503, detail: 'The service is unavailable for a moment. Try again shortly.' },
  throttled: { status: 429, detail: 'Request was throttled.' },
  internal: { status: 500, detail: 'Internal server error.' },
} as const satisfies Record<string, { status: number; detail: string; wireCode?: string }>

export type ErrorCode = keyof typeof errors

export interface ErrorDetails {
  /** replaces the table's sentence in the answer */
  detail?: string
  /** seconds after which a retry is worth while */
  retryAfterSeconds?: number
  /** the rate limit that refused, by the name under which its policy is published */
  policy?: string
  /** per field, every message in the order of the checks; answered as the whole body */
  fields?: Readonly<Record<string, readonly string[]>>
  /** what the operator reads in the log and the client never sees */
  reason?: string
  /** what the answer's `messages` says of the token that was shown */
  message?: string
  /** the kind of token that was asked for, where that is not the access token */
  tokenKind?: { token_class: string; token_type: string }
  cause?: unknown
}

/** A refusal that was foreseen. Whatever else is thrown answers `internal`. */
export class AuthError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.detail ?? errors[code].detail, { cause: details.cause })
    this.name = 'AuthError'
    this.code = code
    this.details = details
  }
}

/** The input's faults by field, each field with all its messages, in the order in which fields were declared. */
export function invalidFields(fields: Readonly<Record<string, readonly string[]>>): AuthError {
  return new AuthError('invalid', { fields })
}
