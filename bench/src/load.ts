import { connect, type Socket } from 'node:net'
import { keepBusy, type Lanes } from './loops.ts'

/** One keep-alive connection that asks, waits for the whole answer, and asks again. */
export interface Client {
  /** @returns status and body; the clock of the caller measures */
  ask(request: string): Promise<Reply>
  close(): void
}

export interface Reply {
  status: number
  body: string
}

/** Spends as little as it can, so that the server is what is measured: no header is parsed but the length. */
export async function openClient(address: string): Promise<Client> {
  const { hostname, port } = new URL(address)
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let received = ''
  let settle: ((reply: Reply) => void) | undefined
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    const reply = wholeReply(received)
    if (!reply || !settle) return
    received = ''
    const done = settle
    settle = undefined
    done(reply)
  })
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        settle = resolve
        socket.once('error', reject)
        socket.write(request, () => socket.off('error', reject))
      }),
    close: () => socket.destroy(),
  }
}

function wholeReply(text: string): Reply | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
  if (text.length < headEnd + 4 + length) return undefined
  return { status: Number(text.slice(9, 12)), body: text.slice(headEnd + 4) }
}

export function getRequest(path: string, token: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${token}\r\n\r\n`
}

/** What a browser says of itself, for sessions as long as real ones. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

export function postRequest(path: string, body: object): string {
  const text = JSON.stringify(body)
  const head = `POST ${path} HTTP/1.1\r\nhost: bench\r\nuser-agent: ${userAgent}\r\ncontent-type: application/json`
  return `${head}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
}

export interface LoadOptions {
  address: string
  clients: number
  milliseconds: number
  /** one request and what follows from it; it throws where the answer is not the one it wants */
  step: (client: Client, index: number) => Promise<void>
}

/** Steps per second, with every client always waiting for one answer. */
export async function closedLoop({ milliseconds, ...load }: LoadOptions): Promise<number> {
  return withLanes(load, (lanes) => keepBusy(lanes, milliseconds))
}

/** Connections of their own as lanes of a loop, closed when the work is done. */
export async function withLanes<T>(
  { address, clients, step }: Omit<LoadOptions, 'milliseconds'>,
  work: (lanes: Lanes) => Promise<T>,
): Promise<T> {
  const open = await Promise.all(Array.from({ length: clients }, () => openClient(address)))
  const clientOf = (lane: number) => open[lane] as Client
  try {
    return await work({ count: clients, step: (lane) => step(clientOf(lane), lane) })
  } finally {
    for (const client of open) client.close()
  }
}

export function expectStatus(reply: Reply, status: number): Reply {
  if (reply.status !== status) throw new Error(`expected ${status}, got ${reply.status}: ${reply.body}`)
  return reply
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
