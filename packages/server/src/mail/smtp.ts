import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import type { SendMailOptions, Transporter } from 'nodemailer'
import type { Letter } from './letters.ts'
import { type Delivery, deliveryOf } from './smtp-answer.ts'

/** A letter on its way. */
export interface Message {
  /** of the mail: whoever gets it a second time can see that it is the same */
  id: string
  to: string
  letter: Letter
  /** when it was written, epoch milliseconds */
  writtenAt: number
}

/** The server that takes our mail. */
export interface Smtp {
  /** Hands one letter over; never rejects. `signal` ends it, and then nobody knows whether it was taken. */
  deliver(message: Message, signal?: AbortSignal): Promise<Delivery>
  /** connects, says hello, turns TLS on and logs in, and hands nothing over; undefined where that works, else why not */
  probe(): Promise<string | undefined>
}

export interface SmtpOptions {
  server: {
    host: string
    port: number
    tls: 'implicit' | 'required' | 'off'
    login: { user: string; password: string } | undefined
  }
  from: { name: string; address: string }
  /** the public address of the deployment: its host is what we call ourselves */
  issuer: string
}

const connectMs = 10_000
const silenceMs = 30_000
/** Handing one letter over takes no longer, whatever the server does. */
export const deliveryMs = 90_000

/** Loads nodemailer with the first letter: where none is sent it is not there. */
export function createSmtp(options: SmtpOptions): Smtp {
  let transport: Promise<Transporter> | undefined
  const open = () => {
    transport ??= openTransport(options)
    return transport
  }
  const attempt = async (work: (sender: Transporter) => Promise<string>): Promise<Delivery> => {
    try {
      return { outcome: 'sent', answer: await work(await open()) }
    } catch (thrown) {
      return deliveryOf(thrown, options.server.login?.password)
    }
  }
  return {
    deliver(message, signal) {
      if (/[\p{Cc}<>]/u.test(message.to)) return Promise.resolve(unusable)
      const limit = AbortSignal.timeout(deliveryMs)
      const ends = signal ? AbortSignal.any([limit, signal]) : limit
      return attempt(async (sender) => {
        const { response } = await sender.sendMail({ ...mailOf(message, options), signal: ends })
        return String(response)
      })
    },
    async probe() {
      const found = await attempt(async (sender) => String(await sender.verify()))
      return found.outcome === 'sent' ? undefined : found.reason
    },
  }
}

/** Stands where no server is set: mail waits for one, and in the end it is given up. */
export const nowhere: Pick<Smtp, 'deliver'> = {
  deliver: async () => ({ outcome: 'unreachable', reason: 'SMTP_URL is not set' }),
}

const unusable: Delivery = {
  outcome: 'refused',
  reason: 'the address holds characters that no mail can carry',
}

async function openTransport({ server, issuer }: SmtpOptions): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  const { host, port, tls, login } = server
  const { hostname } = new URL(issuer)
  return createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'off',
    // A server that does not ask for our login is not the one we meant.
    ...(login && { auth: { user: login.user, pass: login.password }, forceAuth: true }),
    ...(isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && { name: hostname }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/** Addresses are objects: what is in them is never taken apart into names and lists. */
function mailOf({ id, to, letter, writtenAt }: Message, { from }: SmtpOptions): SendMailOptions {
  const domain = domainToASCII(from.address.slice(from.address.lastIndexOf('@') + 1))
  return {
    ...letter,
    from: { ...from },
    to: { name: '', address: to },
    envelope: { from: from.address, to: [to] },
    messageId: `<${id}@${domain}>`,
    date: new Date(writtenAt),
    xMailer: false,
    headers: { 'auto-submitted': 'auto-generated' },
  }
}
