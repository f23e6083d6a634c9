import { connect } from 'node:net'
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
