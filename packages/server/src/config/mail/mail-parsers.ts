import type { Parser } from '../parsers.ts'

/** `implicit` begins with TLS, `required` turns it on before anything is said, `off` speaks in the clear. */
type SmtpTls = 'implicit' | 'required' | 'off'

/** Where mail is handed over. */
interface SmtpAddress {
  readonly host: string
  readonly port: number
  readonly tls: SmtpTls
  /** both or neither */
  readonly login: { readonly user: string; readonly password: string } | undefined
}

const example = 'smtp://USER:PASSWORD@smtp.example.com:587, or smtps://… with port 465'
const usualPort = { implicit: 465, required: 587, off: 25 } as const

/** TLS is required, unless the server is on this machine or `?tls=off` gives it up. */
export const smtp: Parser<SmtpAddress> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || !/^\/?$/.test(url.pathname))
    return { expected: `an address such as ${example}; what is special in a password is written as %XX` }
  const asked = [...url.searchParams].map((pair) => pair.join('='))
  if (url.hash || asked.length > 1 || !['', 'tls=off', 'tls=required'].includes(asked[0] ?? ''))
    return { expected: 'an address with no parameter but tls=off or tls=required' }
  if (url.protocol === 'smtps:' && asked.includes('tls=off'))
    return { expected: 'smtp:// with tls=off, or smtps:// without it' }
  const login = loginOf(url)
  if (login === 'half')
    return { expected: `an address with both a user and a password, or neither: ${example}` }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const tls = url.protocol === 'smtps:' ? 'implicit' : (asked[0]?.slice(4) ?? usualTls(host))
  return { value: { host, port: Number(url.port) || usualPort[tls as SmtpTls], tls: tls as SmtpTls, login } }
}

function usualTls(host: string): SmtpTls {
  return host === 'localhost' || host === '::1' || /^127\./.test(host) ? 'off' : 'required'
}

function loginOf({ username, password }: URL): SmtpAddress['login'] | 'half' {
  if (username === '' && password === '') return undefined
  if (username === '' || password === '') return 'half'
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    return 'half'
  }
}

/** Who a mail is from: an address, with a name where people are to see one. */
interface Sender {
  readonly name: string
  readonly address: string
}

const plainAddress = /^[^\s\p{Cc}@<>()[\]\\,;:"]{1,64}@[^\s\p{Cc}@<>()[\]\\,;:"]{1,253}$/u
const forbidden = /[\p{Cc}\u2028\u2029<>"]/u

/** `Example <no-reply@example.com>`, or the address alone. */
export const sender: Parser<Sender> = (text) => {
  const [, name = '', address = text.trim()] = /^([^<]*)<([^<>]*)>$/.exec(text.trim()) ?? []
  const shown = name.trim().replace(/^"(.*)"$/, '$1')
  return plainAddress.test(address) && !forbidden.test(shown)
    ? { value: { name: shown, address } }
    : { expected: 'an address such as no-reply@example.com, or Example <no-reply@example.com>' }
}
