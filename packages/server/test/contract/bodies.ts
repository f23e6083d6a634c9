/** A password that no list knows and that resembles no name. */
export const goodPassword = 'correct horse battery'

/** A body that registers, with a member changed; undefined leaves one out. */
export function account(username: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return { username, email: `${username}@example.com`, password: goodPassword, ...change }
}

/** The same as `application/x-www-form-urlencoded`. */
export function formBody(members: Record<string, string>): {
  body: string
  headers: Record<string, string>
} {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { body: new URLSearchParams(members).toString(), headers }
}

/** The same as `multipart/form-data`. */
export function multipartBody(members: Record<string, string>): {
  body: string
  headers: Record<string, string>
} {
  const boundary = 'a-boundary-of-these-tests'
  const parts = Object.entries(members).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return {
    body: `${parts.join('')}--${boundary}--\r\n`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }
}

/** A text as it is, under a media type; none where it is empty. */
export function typed(
  body: string | Buffer,
  contentType = 'application/json',
): { body: string | Buffer; headers: Record<string, string> } {
  return { body, headers: contentType ? { 'content-type': contentType } : {} }
}
