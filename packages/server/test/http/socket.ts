import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Answer, RequestOptions } from '../harness.ts'

/** One request over a connection of its own, whatever its method. */
export async function requestOverSocket(
  address: string,
  method: string,
  path: string,
  { body, headers = {} }: RequestOptions = {},
): Promise<Answer> {
  const isObject = typeof body === 'object' && !Buffer.isBuffer(body)
  const sent = request(`${address}${path}`, {
    method,
    agent: false,
    headers: { ...(isObject && { 'content-type': 'application/json' }), ...headers },
  })
  sent.end(isObject ? JSON.stringify(body) : body)
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, json: () => JSON.parse(text) }
}

/** A connection on which every byte is ours. */
export interface RawConnection {
  socket: Socket
  send(bytes: string | Buffer): void
  /** the next answer, read by its Content-Length; rejects where the connection ends without one */
  answer(): Promise<Answer>
  /** resolves when the server has closed it */
  closed: Promise<unknown>
  end(): void
}

export async function openRaw(address: string): Promise<RawConnection> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  let received = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
  })
  socket.on('error', () => undefined)
  return {
    socket,
    closed,
    send: (bytes) => void socket.write(bytes),
    end: () => void socket.destroy(),
    async answer() {
      for (;;) {
        const parsed = parseAnswer(received)
        if (parsed) {
          received = received.subarray(parsed.length)
          return parsed.answer
        }
        if (socket.destroyed || socket.readableEnded) throw new Error(`closed after: ${received.toString()}`)
        await Promise.race([once(socket, 'data'), closed])
      }
    },
  }
}

function parseAnswer(bytes: Buffer): { answer: Answer; length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const length = headEnd + 4 + Number(headers['content-length'] ?? 0)
  if (bytes.length < length) return undefined
  const text = bytes.toString('utf8', headEnd + 4, length)
  const status = Number(statusLine.split(' ')[1])
  return { answer: { status, headers, text, json: () => JSON.parse(text) }, length }
}

/** Sends these bytes on a connection of their own and reads one answer. */
export async function sendRaw(address: string, bytes: string | Buffer): Promise<Answer> {
  const connection = await openRaw(address)
  connection.send(bytes)
  try {
    return await connection.answer()
  } finally {
    connection.end()
  }
}
