import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { openTestServer } from '../harness.ts'

const profile = { COUNTERSIGN_DJ_REST_AUTH: '/api/auth/' }
const server = await openTestServer({ env: profile })
const address = await server.listen()
afterAll(() => server.close())

/** Sends a request and goes away before anybody can have read it. */
async function sendAndGo(path: string, body: object): Promise<void> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const text = JSON.stringify(body)
  const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}`
  socket.write(`${head}\r\n\r\n${text}`)
  socket.destroy()
  await once(socket, 'close')
}

const rotations = () => server.events.filter(({ event }) => event === 'auth.refresh.rotated').length

test.each([
  '/api/token/refresh/',
  '/api/auth/token/refresh/',
])('S05: %s does not begin for a client that has gone, so its token is as good as before', async (path) => {
  const { refresh } = await server.session(`alice-${path.length}`)
  const before = rotations()
  await sendAndGo(path, { refresh })
  // The server reads in order: what is answered after this came after it.
  for (let turn = 0; turn < 3; turn += 1) await fetch(`${address}/livez`)
  expect(rotations()).toBe(before)
  // Without a key, and beyond any grace: a rotation that had been lost would end the session here.
  server.clock.advance(60_000)
  const body = JSON.stringify({ refresh })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(address + path, { method: 'POST', headers, body })
  expect([answer.status, rotations()]).toEqual([200, before + 1])
})
