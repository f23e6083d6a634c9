import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SMTPServerOptions } from 'smtp-server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { templates } from '../../src/mail/catalogue.ts'
import { exampleFacts } from '../../src/mail/examples.ts'
import { launcher, runToEnd } from '../cli/shell.ts'
import { cheapHashing, handClock, temporaryFolder } from '../harness.ts'
import { localhost } from './certificate.ts'
import { type Manners, openMailServer, partsOf } from './mail-server.ts'
import { lettersAt, site, smtpAt } from './post-office.ts'

async function serverFor(manners: Manners = {}, options: SMTPServerOptions = {}) {
  const server = await openMailServer(manners, options)
  onTestFinished(() => server.close())
  return server
}

const clock = handClock()
const letters = lettersAt(clock)
const message = {
  id: '018f0000-0000-7000-8000-000000000001',
  to: 'alice@example.net',
  letter: letters.preview('reset_password', exampleFacts(clock()).reset_password),
  writtenAt: clock(),
}

describe('a letter that arrives', () => {
  test.each(templates)('%s: headers, text and HTML', async (template) => {
    const server = await serverFor()
    const letter = letters.preview(template, exampleFacts(clock())[template])
    expect(await smtpAt(server.port).deliver({ ...message, letter })).toMatchObject({ outcome: 'sent' })
    const [mail] = server.taken
    expect(mail).toMatchObject({ from: 'no-reply@example.com', to: ['alice@example.net'] })
    expect(mail?.headers).toMatchObject({
      from: 'Example <no-reply@example.com>',
      to: 'alice@example.net',
      subject: letter.subject,
      'auto-submitted': 'auto-generated',
      'message-id': `<${message.id}@example.com>`,
      date: new Date(clock()).toUTCString().replace('GMT', '+0000'),
    })
    expect(Object.keys(mail?.headers ?? {}).sort()).toEqual(
      'auto-submitted content-type date from message-id mime-version subject to'.split(' '),
    )
    const { 'text/plain': text = '', 'text/html': html = '' } = partsOf(mail?.raw ?? '')
    expect(text.trimEnd()).toBe(letter.text.trimEnd())
    expect(html.trimEnd()).toBe(letter.html.trimEnd())
  })

  test('says hello by the name of the deployment', async () => {
    const server = await serverFor()
    await smtpAt(server.port).deliver(message)
    expect(server.taken[0]?.hello).toBe(new URL(site.issuer).hostname)
  })

  test('tells what the server answered', async () => {
    const server = await serverFor()
    const delivery = await smtpAt(server.port).deliver(message)
    expect(delivery).toEqual({ outcome: 'sent', answer: expect.stringMatching(/^250 /) })
  })

  test('H20: its links lead to the configured address, whatever else says where we are', () => {
    const { text, html } = message.letter
    const links = `${text}${html}`.match(/https?:[^\s"<>]+/g) ?? []
    expect(links.length).toBeGreaterThan(2)
    for (const link of links) expect(link).toMatch(/^https:\/\/auth\.example\.com\/account\/reset\?token=/)
  })
})

describe('P24: nobody gets into the headers', () => {
  const odd = 'eve\r\nBcc: victim@example.org\r\n\r\nBuy now'

  test('by a name that is a user’s', async () => {
    const server = await serverFor()
    const letter = letters.preview('account_exists', { username: odd })
    await smtpAt(server.port).deliver({ ...message, letter })
    const [mail] = server.taken
    expect(mail?.to).toEqual(['alice@example.net'])
    expect(mail?.headers).not.toHaveProperty('bcc')
    expect(partsOf(mail?.raw ?? '')['text/plain']).toContain('eve Bcc: victim@example.org Buy now')
  })

  test('by a subject with a name in it', async () => {
    const server = await serverFor()
    const subject = `Hello\r\nBcc: victim@example.org`
    await smtpAt(server.port).deliver({ ...message, letter: { ...message.letter, subject } })
    expect(server.taken[0]?.headers).not.toHaveProperty('bcc')
    expect(server.taken[0]?.to).toEqual(['alice@example.net'])
  })

  test.each([
    'a@b.example\r\nRCPT TO:<victim@example.org>',
    'a@b.example\n',
    '"\u0001"@b.example',
    'a\0@b.example',
    '"<x>"@b.example',
  ])('by the address %j: it is never sent to', async (to) => {
    const server = await serverFor()
    expect(await smtpAt(server.port).deliver({ ...message, to })).toMatchObject({ outcome: 'refused' })
    expect(server.counts.connect).toBe(0)
  })

  test.each([
    'a@b.example\r\nBcc: c@d.example',
    'a@b.example\n',
  ])('by the address %j: no mail is written', (to) => {
    const facts = { username: 'x' }
    expect(() => letters.write('account_exists', { to, userId: null, facts })).toThrow('Bad request.')
  })

  test.each([
    ['"a,b"@example.net', ['"a,b"@example.net']],
    ['alice+tag@example.net', ['alice+tag@example.net']],
    ['alice@xn--bcher-kva.example', ['alice@bücher.example']],
    ['alice@bücher.example', ['alice@bücher.example']],
    ['alice@[192.0.2.1]', ['alice@[192.0.2.1]']],
  ])('an address is one address, however odd: %s', async (to, readers) => {
    const server = await serverFor()
    expect(await smtpAt(server.port).deliver({ ...message, to })).toMatchObject({ outcome: 'sent' })
    expect(server.taken[0]?.to).toEqual(readers)
  })
})

describe('TLS', () => {
  const own = { ...localhost, disabledCommands: [], authOptional: true }

  test.each([
    {
      name: 'is turned on before anything is said',
      url: 'smtp://localhost:PORT?tls=required',
      secure: false,
    },
    { name: 'is there from the start with smtps', url: 'smtps://localhost:PORT', secure: true },
  ])('$name, where the certificate is good', async ({ url, secure }) => {
    const server = await serverFor({}, { ...own, secure })
    const folder = temporaryFolder()
    const file = join(folder, 'localhost.pem')
    writeFileSync(file, localhost.cert)
    const env = {
      ...{ PATH: process.env.PATH ?? '', NODE_EXTRA_CA_CERTS: file, COUNTERSIGN_DATA: folder },
      ...{ SMTP_URL: url.replace('PORT', String(server.port)), MAIL_FROM: 'no-reply@example.com' },
    }
    const line = [launcher, 'mail', 'test', 'bob@example.net']
    const ended = await runToEnd(process.execPath, line, { cwd: folder, env })
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    expect(ended.stdout).toBe(`localhost:${server.port} took it: 250 OK: message queued\n`)
    expect(server.taken[0]).toMatchObject({ secure: true, to: ['bob@example.net'] })
  })

  test.each([
    'required',
    'implicit',
  ] as const)('%s: a wrong certificate gets no login and no mail', async (tls) => {
    const logins: unknown[] = []
    const onAuth: SMTPServerOptions['onAuth'] = (login, _, done) => {
      logins.push(login)
      done(null, { user: 'me' })
    }
    const server = await serverFor({}, { ...own, onAuth, secure: tls === 'implicit' })
    const login = { user: 'me', password: 'a password of the mail server' }
    const smtp = smtpAt(server.port, { host: 'localhost', tls, login })
    const delivery = await smtp.deliver(message)
    expect(delivery).toMatchObject({ outcome: 'unreachable', reason: expect.stringMatching(/self.signed/) })
    expect([server.taken, logins]).toEqual([[], []])
    expect(await smtp.probe()).toMatch(/self.signed/)
  })

  test('required, and the server has none: nothing is said', async () => {
    const server = await serverFor()
    const delivery = await smtpAt(server.port, { tls: 'required' }).deliver(message)
    expect(delivery).toMatchObject({ outcome: 'unreachable' })
    expect(server.counts.sender).toBe(0)
  })
})

describe('a login', () => {
  const options: SMTPServerOptions = {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _, done) =>
      password === 'right'
        ? done(null, { user: username })
        : done(new Error(`no such user ${username} ${password}`)),
  }

  test('that is right', async () => {
    const server = await serverFor({}, options)
    const smtp = smtpAt(server.port, { login: { user: 'me', password: 'right' } })
    expect(await smtp.deliver(message)).toMatchObject({ outcome: 'sent' })
    expect(server.taken[0]?.user).toBe('me')
    expect(await smtp.probe()).toBeUndefined()
  })

  test('that is wrong is an operator’s to mend: mail waits, and the password is told nowhere', async () => {
    const server = await serverFor({}, options)
    const smtp = smtpAt(server.port, { login: { user: 'me', password: 'a-wrong-secret' } })
    const delivery = await smtp.deliver(message)
    expect(delivery).toMatchObject({ outcome: 'unreachable', reason: expect.stringContaining('535') })
    expect(JSON.stringify([delivery, await smtp.probe()])).not.toContain('a-wrong-secret')
  })

  test('that nobody asks for: that is not the server we meant', async () => {
    const server = await serverFor({}, { disabledCommands: ['STARTTLS', 'AUTH'] })
    const smtp = smtpAt(server.port, { login: { user: 'me', password: 'right' } })
    expect(await smtp.deliver(message)).toMatchObject({ outcome: 'unreachable' })
    expect(server.taken).toEqual([])
  })
})

test('a probe hands nothing over', async () => {
  const server = await serverFor()
  expect(await smtpAt(server.port).probe()).toBeUndefined()
  expect([server.counts.connect, server.counts.sender, server.taken.length]).toEqual([1, 0, 0])
})

test('a probe of nobody says so', async () => {
  const { port, close } = await openMailServer()
  await close()
  expect(await smtpAt(port).probe()).toMatch(/ECONNREFUSED/)
})

test('doctor says how the server is spoken to, and sends nothing', async () => {
  const server = await serverFor()
  const folder = temporaryFolder()
  const env = {
    ...{ PATH: process.env.PATH ?? '', COUNTERSIGN_DATA: folder, ...cheapHashing },
    ...{ SMTP_URL: server.url, MAIL_FROM: 'no-reply@example.com' },
  }
  const { stdout } = await runToEnd(process.execPath, [launcher, 'doctor', '--json'], { cwd: folder, env })
  const { findings } = JSON.parse(stdout) as { findings: { check: string }[] }
  expect(findings.filter(({ check }) => check === 'mail')).toEqual([
    {
      ...{ check: 'mail', level: 'ok' },
      says: `127.0.0.1:${server.port} would take our mail (no TLS, without a login)`,
    },
  ])
  expect([server.counts.connect, server.counts.sender]).toEqual([1, 0])
})
