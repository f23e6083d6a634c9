import type { Parser } from '../parsers.ts'

/** Where events are posted to: http or https, whole, without a user and without a fragment. */
export const endpoints: Parser<readonly string[]> = (text) => {
  const list = listOf(text)
  return list.length > 0 && list.every(isEndpoint)
    ? { value: list }
    : { expected: 'addresses such as https://example.com/hooks/auth, separated by commas' }
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === ''
}

/** Keys as Standard Webhooks writes them, the newest first; each signs. */
export const webhookSecrets: Parser<readonly Buffer[]> = (text) => {
  const keys = listOf(text).map(keyOf)
  return keys.length > 0 && keys.every((key) => key !== undefined)
    ? { value: keys }
    : {
        expected:
          'whsec_ and 24 to 64 random bytes in base64, for example from: echo "whsec_$(openssl rand -base64 32)"',
      }
}

const leastKeyBytes = 24
const mostKeyBytes = 64

function keyOf(text: string): Buffer | undefined {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  const key = Buffer.from(encoded, 'base64')
  const isKey =
    key.length >= leastKeyBytes && key.length <= mostKeyBytes && key.toString('base64') === encoded
  return isKey ? key : undefined
}

/** Names of events; `auth.login.*` is all that begin so, `*` all there are. */
export const eventPatterns: Parser<readonly string[]> = (text) => {
  const list = listOf(text)
  return list.length > 0 && list.every((one) => /^(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)$/.test(one))
    ? { value: list }
    : { expected: 'names of events such as user.deleted, auth.login.* or *, separated by commas' }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
}
