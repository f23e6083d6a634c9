import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type SpawnOptions, spawnServer, temporaryFolder } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { type Manners, openMailServer } from './mail-server.ts'

const issuer = 'http://127.0.0.1:8000'
const email = 'alice@example.net'
const recorder = join(import.meta.dirname, '../tracing/record-modules.ts')

/** A server in production that sends to a mail server of ours, with a user. */
async function deployment(manners: Manners = {}, { env = {}, ...options }: Partial<SpawnOptions> = {}) {
  const mailServer = await openMailServer(manners)
  const data = temporaryFolder()
  const modules = join(data, 'modules.txt')
  const server = await spawnServer({
    data,
    command: 'start',
    ...options,
    env: {
      ...{ SMTP_URL: mailServer.url, MAIL_FROM: 'Example <no-reply@example.com>' },
      ...{ NODE_OPTIONS: `--import=${recorder}`, RECORDED_MODULES: modules, LOG_LEVEL: 'debug', ...env },
    },
  })
  onTestFinished(async () => {
    await server.stop('SIGKILL')
    await mailServer.close()
  })
  const send = (path: string, body: object, headers: Record<string, string> = {}) =>
    requestOverSocket(server.address, 'POST', path, { body, headers })
  await send('/api/register/', { username: 'alice', email, password: 'a quiet harbour' })
  return {
    ...{ server, mailServer, data, send },
    reset: (headers?: Record<string, string>) => send('/api/password/reset/', { email }, headers),
    arrived: async (count: number) => {
      while (mailServer.taken.length < count) await pause(50)
      return mailServer.taken
    },
    hasNodemailer: () => readFileSync(modules, 'utf8').includes('/nodemailer/'),
  }
}

describe('a request that causes a mail', () => {
  test('H20: the link leads to the issuer, whatever the request says of where it went', async () => {
    const { reset, arrived, hasNodemailer } = await deployment()
    expect(hasNodemailer(), 'loaded by the first letter only').toBe(false)
    const spoofed = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
      'x-original-url': 'https://evil.example/',
    }
    expect((await reset(spoofed)).status).toBe(200)
    const [mail] = await arrived(1)
    expect(mail?.to).toEqual([email])
    expect(mail?.raw).not.toContain('evil.example')
    expect(mail?.raw.replaceAll(/=\r\n/g, '')).toContain(`${issuer}/account/reset?token`)
    expect(hasNodemailer()).toBe(true)
  })

  test('leaves neither link, code nor address in the log, and none of them in the database once it was sent', async () => {
    const { server, data, reset, arrived } = await deployment()
    await reset()
    const [mail] = await arrived(1)
    while (!server.logs.some((line) => line.includes('"mail.sent"'))) await pause(50)
    const raw = mail?.raw.replaceAll(/=\r\n/g, '') ?? ''
    const token = /token=3D([\w-]+)/.exec(raw)?.[1] ?? ''
    const code = /code: (\d{6,8})/.exec(raw)?.[1] ?? ''
    expect([token.length > 40, code.length]).toEqual([true, 8])
    const logged = server.logs.join('\n')
    for (const secret of [token, code, email]) expect(logged).not.toContain(secret)
    await server.stop()
    const database = ['', '-wal'].map((end) => {
      try {
        return readFileSync(join(data, `countersign.db${end}`), 'latin1')
      } catch {
        return ''
      }
    })
    for (const secret of [token, code]) expect(database.join('')).not.toContain(secret)
  })

  test('is not slower while the mail server says nothing, and the mail is sent when it speaks again', async () => {
    let isStuck = true
    const released = Promise.withResolvers<undefined>()
    const { mailServer, server, reset, send, arrived } = await deployment({
      data: () => (isStuck ? released.promise : Promise.resolve(undefined)),
    })
    await reset()
    while (mailServer.counts.data === 0) await pause(20)
    const login = await send('/api/login/', { username: 'alice', password: 'a quiet harbour' })
    expect(login.status).toBe(200)
    expect((await requestOverSocket(server.address, 'GET', '/readyz')).status).toBe(200)
    expect(mailServer.taken).toHaveLength(0)
    isStuck = false
    released.resolve(undefined)
    await arrived(1)
  })
})

test('a server that is told to stop hands over what it has begun', async () => {
  const { mailServer, server, reset } = await deployment({
    data: () => pause(1_000).then(() => undefined),
  })
  await reset()
  while (mailServer.counts.data === 0) await pause(20)
  expect(await server.stop('SIGTERM')).toEqual([0, null])
  expect(mailServer.taken).toHaveLength(1)
  expect(server.logs.some((line) => line.includes('"mail.sent"'))).toBe(true)
})

test('production has no page of the outbox', async () => {
  const { server } = await deployment()
  for (const path of ['/dev/outbox', '/dev/outbox/x', '/dev/outbox/x/html'])
    expect((await requestOverSocket(server.address, 'GET', path)).status).toBe(404)
})

test('development sends too, where it has a server for mail', async () => {
  const { reset, arrived } = await deployment({}, { command: 'dev' })
  await reset()
  expect((await arrived(1))[0]?.headers.subject).toBe('Choose a new password for Example')
})

test('texts that cannot be sent as they are stop the start', async () => {
  const env = { COUNTERSIGN_MAIL_TEMPLATES: '/nowhere/at/all' }
  await expect(spawnServer({ data: temporaryFolder(), env })).rejects.toThrow(
    'COUNTERSIGN_MAIL_TEMPLATES names /nowhere/at/all, which cannot be read.',
  )
})
