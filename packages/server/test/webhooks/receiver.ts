import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a receiver was sent. */
export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** by the receiver's own computation */
  isSigned: boolean
  type: string
  status: number
}

export const key = Buffer.alloc(32, 7)
export const webhookSecret = `whsec_${key.toString('base64')}`

/** A receiver on a real socket. `answer` says what it answers to each message; 0 is never anything. */
export async function openReceiver(answer: (turn: number, type: string) => number = () => 204) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const { type } = JSON.parse(body) as { type: string }
    const status = answer(received.length, type)
    const { headers, url: path = '' } = request
    received.push({ path, headers, body, type, status, isSigned: isSigned(headers, body) })
    if (status === 0) return
    response.writeHead(status, { location: '/elsewhere' }).end('what it says is not read')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    taken: () => received.filter(({ status }) => status === 204),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function isSigned(headers: IncomingHttpHeaders, body: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers
  const mac = createHmac('sha256', key)
  for (const part of [`${id}`, '.', `${at}`, '.', body]) mac.update(part, 'utf8')
  return signature === `v1,${mac.digest('base64')}` && Math.abs(Number(at) - Date.now() / 1000) < 300
}

/** Looks again until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}
