import { printable } from '../audit/printable.ts'

/**
 * What became of handing a letter over. `refused` is for good; `delayed` is this letter, which may go later;
 * `unreachable` is the server, which takes none from us now.
 */
export type Delivery =
  | { outcome: 'sent'; answer: string }
  | { outcome: 'refused' | 'delayed' | 'unreachable'; reason: string }

/** What nodemailer hangs on its errors. */
interface SmtpError {
  message: string
  /** of nodemailer or the system: `ETLS`, `ECONNREFUSED` */
  code?: string
  /** what we had said last */
  command?: string
  response?: string
  responseCode?: number
}

/** What was said of this one letter; the last is by nodemailer itself, which said nothing to the server. */
const aboutTheLetter = ['RCPT TO', 'DATA', 'API']

/**
 * Reads what went wrong. A refusal for good is only what the server says of this reader or this letter: that we may
 * not log in, or not send from our address, an operator can mend, and nothing is lost meanwhile.
 * @see RFC 5321 section 4.2.1
 */
export function deliveryOf(thrown: unknown, password: string | undefined): Delivery {
  const error = thrown as SmtpError
  const reason = reasonOf(error, password)
  const { command = '', responseCode = command === 'API' ? unsendable : 0 } = error
  if (!aboutTheLetter.includes(command) || responseCode === 421) return { outcome: 'unreachable', reason }
  return { outcome: responseCode >= 500 ? 'refused' : 'delayed', reason }
}

/** An address or a text that cannot be put into the protocol. */
const unsendable = 550

function reasonOf({ message, code, command, response }: SmtpError, password: string | undefined): string {
  const said = response ? `${command}: ${response}` : `${code ?? 'Error'}: ${message}`
  return withoutSecrets(password ? said.replaceAll(password, '[…]') : said)
}

const mostLetters = 300

/** A server may quote what it refuses: links, codes, addresses. They are not for the log, nor for the table. */
function withoutSecrets(text: string): string {
  const clean = text
    .replace(/\bhttps?:\S+/gi, '[link]')
    .replace(/[^\s<>]+@[^\s<>]+/g, '[address]')
    .replace(/[\w-]{24,}|\b\d{6,}\b/g, '[…]')
    .replace(/\s+/g, ' ')
  return printable(clean.slice(0, mostLetters).trim())
}
