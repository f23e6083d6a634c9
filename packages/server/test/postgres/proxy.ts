import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { isAnswered, openStatementReader, type StatementReader } from './statements.ts'

/** Stands between a server of ours and PostgreSQL, and breaks what passes in the ways in which networks do. */
export interface DatabaseProxy {
  port: number
  /** the same address of a database, through the proxy */
  through(url: string): string
  /** everything passes again, but for connections that lost bytes: they stay dead */
  heal(): Promise<void>
  /** closes every connection; new ones are served */
  cut(): void
  /** closes every connection, and nobody listens any more */
  refuse(): Promise<void>
  /** takes connections and bytes, and nothing ever comes back */
  blackhole(): void
  /** connections that are open now are dead and do not know it; new ones are served */
  forget(): void
  /** holds each chunk up for so long, either way */
  delay(ms: number): void
  /**
   * Loses the next statement of that name (or text) on its way, or the answer to it once it was committed, and the
   * connection with it.
   * @param after the one that must come before it on the same connection, where several could be meant
   * @returns when that has happened
   */
  lose(what: 'statement' | 'answer', statement: string, after?: string): Promise<void>
  /** how many are open */
  connections(): number
  close(): Promise<void>
}

interface Link {
  client: Socket
  server: Socket
  reader: StatementReader
  /** the last statement that went through */
  before: string | undefined
  /** bytes of it were lost */
  isDead: boolean
  /** what has come of an answer that is to be lost, and whom to tell when it is whole */
  losing?: { bytes: Buffer; lost: () => void }
  /** the client closed it */
  isOver: boolean
}

interface Trap {
  what: 'statement' | 'answer'
  statement: string
  after: string | undefined
  lost: () => void
}

/** @param port of PostgreSQL on this machine */
export async function openProxy(port: number): Promise<DatabaseProxy> {
  const links = new Set<Link>()
  let isSwallowing = false
  let delayMs = 0
  let trap: Trap | undefined

  function accept(client: Socket): void {
    const server = connect({ host: '127.0.0.1', port, noDelay: true })
    const link: Link = {
      ...{ client, server, reader: openStatementReader(), before: undefined },
      ...{ isDead: isSwallowing, isOver: false },
    }
    links.add(link)
    const close = () => {
      links.delete(link)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) socket.on('error', close).on('close', close)
    const request = inTurn(link, (chunk) => ask(link, chunk))
    const answer = inTurn(link, (chunk) => reply(link, chunk))
    client
      .setNoDelay()
      .on('data', request)
      .on('end', () => hangUp(link))
    server.on('data', answer).on('end', () => server.destroy())
  }

  /** Of a dead connection nobody hears that it was closed, either. */
  function hangUp(link: Link): void {
    link.isOver = true
    link.isDead ||= isSwallowing
    if (!link.isDead) link.client.destroy()
  }

  /** One chunk after the other, each after the delay that holds when it comes. */
  function inTurn(link: Link, pass: (chunk: Buffer) => void): (chunk: Buffer) => void {
    let before = Promise.resolve()
    return (chunk) => {
      link.isDead ||= isSwallowing
      const ms = delayMs
      before = before
        .then(() => (ms > 0 ? pause(ms) : undefined))
        .then(() => {
          if (!link.isDead) pass(chunk)
        })
    }
  }

  function ask(link: Link, chunk: Buffer): void {
    const statements = link.reader.read(chunk)
    const { before } = link
    link.before = statements.at(-1) ?? before
    const isMeant = trap && statements.includes(trap.statement) && (trap.after ?? before) === before
    if (!trap || !isMeant) return void link.server.write(chunk)
    const { what, lost } = trap
    trap = undefined
    if (what === 'statement') return void end(link, lost)
    link.losing = { bytes: Buffer.alloc(0), lost }
    link.server.write(chunk)
  }

  function reply(link: Link, chunk: Buffer): void {
    if (!link.losing) return void link.client.write(chunk)
    link.losing.bytes = Buffer.concat([link.losing.bytes, chunk])
    if (isAnswered(link.losing.bytes)) end(link, link.losing.lost)
  }

  function end({ client }: Link, then: () => void): void {
    client.destroy()
    then()
  }

  function cut(): void {
    for (const { client } of links) client.destroy()
  }

  const listener = createServer({ allowHalfOpen: true }, accept).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port: own } = listener.address() as { port: number }

  async function refuse(): Promise<void> {
    const closed = listener.listening ? once(listener.close(), 'close') : undefined
    cut()
    await closed
  }

  return {
    port: own,
    through: (url) => Object.assign(new URL(url), { port: String(own) }).href,
    async heal() {
      isSwallowing = false
      delayMs = 0
      for (const { client, isOver } of links) if (isOver) client.destroy()
      if (!listener.listening) await once(listener.listen(own, '127.0.0.1'), 'listening')
    },
    cut,
    refuse,
    blackhole() {
      isSwallowing = true
    },
    forget() {
      for (const link of links) link.isDead = true
    },
    delay(ms) {
      delayMs = ms
    },
    lose: (what, statement, after) =>
      new Promise((lost) => {
        trap = { what, statement, after, lost }
      }),
    connections: () => links.size,
    close: refuse,
  }
}
