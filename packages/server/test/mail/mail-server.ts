import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A mail as the server took it. */
export interface Taken {
  from: string
  to: string[]
  /** by lower-case name, unfolded */
  headers: Readonly<Record<string, string>>
  /** headers and body as they came */
  raw: string
  secure: boolean
  user: string | undefined
  /** as what the client greeted */
  hello: string
}

/** What the server does when it is asked: it says yes unless told otherwise. */
export interface Manners {
  /** refuses the recipient with this answer */
  recipient?: (address: string, nth: number) => SmtpRefusal | undefined
  /** refuses the sender */
  sender?: () => SmtpRefusal | undefined
  /** once a mail is there whole: refuses it, or waits before it says yes */
  data?: (mail: Taken, nth: number) => SmtpRefusal | undefined | Promise<SmtpRefusal | undefined>
  /** waits before it says yes to a mail that it has taken */
  answer?: () => Promise<unknown>
  /** cuts the connection at this point */
  cut?: (stage: Stage, nth: number) => boolean
}

/** `stored` is after the mail is there and before the answer. */
export type Stage = 'connect' | 'sender' | 'recipient' | 'data' | 'stored'

interface SmtpRefusal {
  code: number
  says: string
}

/** A real SMTP server on a loopback port, which keeps what it takes. */
export async function openMailServer(manners: Manners = {}, options: SMTPServerOptions = {}) {
  const taken: Taken[] = []
  const sockets = new Set<Socket>()
  const counts: Record<Stage, number> = { connect: 0, sender: 0, recipient: 0, data: 0, stored: 0 }
  /** @returns whether this stage is reached; the connection is gone otherwise */
  const reaches = (stage: Stage): boolean => {
    counts[stage] += 1
    if (!manners.cut?.(stage, counts[stage])) return true
    for (const socket of sockets) socket.destroy()
    return false
  }
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    ...options,
    onConnect: (_, done) => {
      if (reaches('connect')) done()
    },
    onMailFrom: (_, __, done) => {
      if (reaches('sender')) done(errorOf(manners.sender?.()))
    },
    onRcptTo: ({ address }, _, done) => {
      if (reaches('recipient')) done(errorOf(manners.recipient?.(address, counts.recipient)))
    },
    onData: (stream, session, done) => {
      if (!reaches('data')) return
      void text(stream).then(async (raw) => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : mailFrom.address
        const to = rcptTo.map(({ address }) => address)
        const { secure, user, hostNameAppearsAs: hello } = session
        const mail = { from, to, headers: headersOf(raw), raw, secure, user, hello }
        const refusal = await manners.data?.(mail, counts.data)
        if (refusal) return done(errorOf(refusal))
        taken.push(mail)
        await manners.answer?.()
        if (reaches('stored')) done()
      })
    },
  })
  // A client that goes away without a word is what some tests are about.
  server.on('error', () => undefined)
  const listener = server.server
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    taken,
    counts,
    /** how many clients are connected now */
    connected: () => sockets.size,
    async close() {
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

export type MailServer = Awaited<ReturnType<typeof openMailServer>>

function errorOf(refusal: SmtpRefusal | undefined): Error | undefined {
  return refusal && Object.assign(new Error(refusal.says), { responseCode: refusal.code })
}

function headersOf(raw: string): Record<string, string> {
  const [head = ''] = raw.split('\r\n\r\n', 1)
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
}

/** The decoded parts of a mail by their types; as our own mails are built, no part has parts. */
export function partsOf(raw: string): Record<string, string> {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? ''
  const parts = raw.split(`--${boundary}`).slice(1, -1)
  return Object.fromEntries(
    parts.map((part) => {
      const [head = '', ...body] = part.split('\r\n\r\n')
      return [/content-type: ([^;\r\n]+)/i.exec(head)?.[1] ?? '', decoded(head, body.join('\r\n\r\n'))]
    }),
  )
}

function decoded(head: string, body: string): string {
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString()
  if (!/quoted-printable/i.test(head)) return body.replaceAll('\r\n', '\n')
  const bytes = body
    .replace(/=\r\n/g, '')
    .replaceAll('\r\n', '\n')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
