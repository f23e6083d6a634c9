import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { post } from '../../src/webhooks/post.ts'
import { openReceiver } from './receiver.ts'

async function open(answer?: Parameters<typeof openReceiver>[0]) {
  const receiver = await openReceiver(answer)
  onTestFinished(receiver.close)
  return receiver
}

const message = { headers: { 'content-type': 'application/json' }, body: '{"type":"x"}' }

test.each([
  ...['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '2130706433', '0x7f000001'],
  ...['0177.0.0.1', '127.1', '0', '0.0.0.0', '[::]', '017700000001', 'localhost.', '127。0。0。1'],
])('F28: nothing is posted to this machine as %s', async (host) => {
  const receiver = await open()
  const outcome = await post({
    ...message,
    url: `http://${host}:${receiver.port}/`,
    privateAddresses: 'refuse',
  })
  expect(outcome).toMatchObject({ taken: false })
  expect(receiver.received).toEqual([])
})

test('F28: that an address is refused is said so, with the setting that allows it', async () => {
  const outcome = await post({ ...message, url: 'http://169.254.169.254/', privateAddresses: 'refuse' })
  expect(outcome).toEqual({
    taken: false,
    reason: '169.254.169.254 is no public address (COUNTERSIGN_WEBHOOK_PRIVATE)',
  })
})

test('where it is allowed, a name is resolved once and the connection goes there', async () => {
  const receiver = await open()
  const outcome = await post({
    ...message,
    url: `http://localhost:${receiver.port}/a?b`,
    privateAddresses: 'allow',
  })
  // A machine may give its own name an IPv6 address first, on which nobody listens.
  if (!outcome.taken) expect(outcome.reason).toBe('ECONNREFUSED')
  else
    expect(receiver.received).toMatchObject([
      { path: '/a?b', headers: { host: `localhost:${receiver.port}` } },
    ])
})

test('F28: a redirect is not followed, and whatever is not 2xx is not taken', async () => {
  for (const status of [301, 302, 307, 308, 400, 404, 410, 500, 503]) {
    const receiver = await open(() => status)
    const outcome = await post({ ...message, url: receiver.url, privateAddresses: 'allow' })
    expect(outcome).toEqual({ taken: false, reason: `it answered ${status}` })
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook'])
  }
})

test('F28: an answer without an end is not read', async () => {
  const receiver = await open(() => 0)
  const outcome = post({
    ...message,
    url: receiver.url,
    privateAddresses: 'allow',
    signal: AbortSignal.timeout(200),
  })
  expect(await outcome).toMatchObject({ taken: false })
})

test('F28: a receiver that does not answer is given up after ten seconds', async () => {
  const receiver = await open(() => 0)
  const startedAt = performance.now()
  const outcome = await post({ ...message, url: receiver.url, privateAddresses: 'allow' })
  expect(outcome).toEqual({ taken: false, reason: 'it did not answer within 10 s' })
  expect(performance.now() - startedAt).toBeGreaterThan(9_000)
})

test('one that is not there is told by the kind of failure', async () => {
  const receiver = await open()
  receiver.close()
  const socket = connect(receiver.port, '127.0.0.1')
  await new Promise((resolve) => socket.once('error', resolve).once('connect', resolve))
  socket.destroy()
  expect(await post({ ...message, url: receiver.url, privateAddresses: 'allow' })).toEqual({
    ...{ taken: false, reason: 'ECONNREFUSED' },
  })
})

test('one that speaks no TLS is told so', async () => {
  const { port } = await open()
  const outcome = await post({ ...message, url: `https://127.0.0.1:${port}/`, privateAddresses: 'allow' })
  expect(outcome).toMatchObject({ taken: false, reason: expect.stringMatching(/SSL|EPROTO/) })
})

/** A name that answers otherwise each time it is asked. */
function rebinding(...answers: string[][]) {
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    return answers[asked.length - 1] ?? []
  }
  return { asked, resolve }
}

test('F28: a name that leads elsewhere a moment later is asked once, and the connection goes where it led then', async () => {
  const receiver = await open()
  const { asked, resolve } = rebinding(['127.0.0.1'], ['192.0.2.1'])
  const url = `http://hooks.example.com:${receiver.port}/`
  const outcome = await post({ ...message, url, privateAddresses: 'allow', resolve })
  expect([outcome, asked]).toEqual([{ taken: true }, ['hooks.example.com']])
  expect(receiver.received).toMatchObject([{ headers: { host: `hooks.example.com:${receiver.port}` } }])
})

test('F28: a name with one private address among public ones is refused', async () => {
  const receiver = await open()
  const { resolve } = rebinding(['93.184.215.14', '127.0.0.1'], ['93.184.215.14'])
  const url = `http://hooks.example.com:${receiver.port}/`
  const outcome = await post({ ...message, url, privateAddresses: 'refuse', resolve })
  expect(outcome).toMatchObject({ taken: false, reason: expect.stringContaining('127.0.0.1 is no public') })
  expect(receiver.received).toEqual([])
})

const certificates = join(import.meta.dirname, '../postgres/certificates')

/** A receiver that speaks TLS, as `localhost`, with a certificate of an authority that nobody knows. */
async function openSecurely() {
  const read = (name: string) => readFileSync(join(certificates, name))
  const taken: string[] = []
  const server = createServer({ key: read('server.key'), cert: read('server.pem') }, (request, answer) => {
    taken.push(request.url ?? '')
    answer.writeHead(204).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { taken, port: (server.address() as AddressInfo).port }
}

test('F28: who cannot prove to be the receiver gets nothing', async () => {
  const { port, taken } = await openSecurely()
  const { resolve } = rebinding(['127.0.0.1'])
  const url = `https://localhost:${port}/`
  const outcome = await post({ ...message, url, privateAddresses: 'allow', resolve })
  expect(outcome).toMatchObject({ taken: false, reason: expect.stringMatching(/CERT|SIGNATURE/) })
  expect(taken).toEqual([])
})

test.each([
  ['localhost', { taken: true }],
  ['hooks.example.com', { taken: false, reason: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
])('the certificate must be of the name that was asked for: %s', async (host, outcome) => {
  const { port, taken } = await openSecurely()
  // An authority is trusted by a process from its start.
  const program = `
    import { post } from '${join(import.meta.dirname, '../../src/webhooks/post.ts')}'
    const outcome = await post({ url: 'https://${host}:${port}/', headers: {}, body: '{}', privateAddresses: 'allow',
      resolve: async () => ['127.0.0.1'] })
    console.log(JSON.stringify(outcome))`
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(certificates, 'authority.pem') }
  const options = { env, timeout: 30_000 }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program],
    options,
  )
  expect(JSON.parse(stdout)).toEqual(outcome)
  expect(taken).toHaveLength(outcome.taken ? 1 : 0)
})
