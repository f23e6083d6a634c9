import { describe, expect, onTestFinished, test } from 'vitest'
import type { EventName } from '../../src/audit/events.ts'
import { exampleFacts } from '../../src/mail/examples.ts'
import { deliveryMs, nowhere } from '../../src/mail/smtp.ts'
import { type Manners, openMailServer, type Stage } from './mail-server.ts'
import { openPostOffice, smtpAt } from './post-office.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

async function officeWith(manners: Manners = {}) {
  const server = await openMailServer(manners)
  const office = await openPostOffice({ smtp: smtpAt(server.port) })
  onTestFinished(async () => {
    await server.close()
    await office.store.close()
  })
  const names = () => office.events.map(({ event }): EventName => event)
  return { server, office, names }
}

test('a mail is sent, and what it said is forgotten', async () => {
  const { server, office } = await officeWith()
  const id = await office.post()
  await office.outbox.run()
  expect(server.taken.map(({ to }) => to)).toEqual([['alice@example.net']])
  expect(await office.store.findMail(id)).toMatchObject({
    ...{ sent_at: office.clock(), due_at: null, sealed: null, attempts: 1, last_error: null },
  })
  expect(office.events).toEqual([
    { event: 'mail.sent', fields: { mail_id: id, template: 'password_changed' } },
  ])
  await office.runFor(hour, minute)
  expect(server.taken).toHaveLength(1)
})

test('the database holds no link and no code in the clear, and no other row opens what is sealed', async () => {
  const { office } = await officeWith()
  const id = await office.post('alice@example.net', 'reset_password')
  const mail = await office.store.findMail(id)
  if (!mail) throw new Error('the mail is gone')
  const { code, path } = exampleFacts(office.clock()).reset_password
  const stored = JSON.stringify(mail) + Buffer.from(mail.sealed ?? []).toString('latin1')
  for (const secret of [code, path, path.split('=')[1] ?? '']) expect(stored).not.toContain(secret)
  expect(office.letters.open(mail)).toMatchObject({ letter: { text: expect.stringContaining(code) } })
  for (const moved of [{ recipient: 'eve@example.org' }, { id: 'another' }, { template: 'verify_email' }])
    expect(office.letters.open({ ...mail, ...moved })).toEqual({ unreadable: 'sealed' })
})

describe('a refusal', () => {
  test('with 4xx is not the last word: it is sent later, once', async () => {
    const { server, office, names } = await officeWith({
      recipient: (_, nth) => (nth <= 2 ? { code: 450, says: 'greylisted, come back' } : undefined),
    })
    const id = await office.post()
    await office.outbox.run()
    const first = await office.store.findMail(id)
    expect(first).toMatchObject({ attempts: 1, sent_at: null, failed_at: null })
    expect(first?.last_error).toBe('RCPT TO: 450 greylisted, come back')
    const delay = (first?.due_at ?? 0) - office.clock()
    expect(delay).toBeGreaterThanOrEqual(45_000)
    expect(delay).toBeLessThanOrEqual(75_000)
    await office.runFor(10 * minute)
    expect(server.taken).toHaveLength(1)
    expect(await office.store.findMail(id)).toMatchObject({ attempts: 3, last_error: null })
    expect(names()).toEqual(['mail.delayed', 'mail.delayed', 'mail.sent'])
  })

  test.each([
    [
      'of the reader',
      { recipient: () => ({ code: 550, says: 'no such user' }) },
      'RCPT TO: 550 no such user',
    ],
    ['of the letter', { data: () => ({ code: 554, says: 'looks like spam' }) }, 'DATA: 554 looks like spam'],
  ])('%s with 5xx is: the mail is given up, and does not hold up the others', async (_, manners, error) => {
    const { server, office, names } = await officeWith(manners)
    const id = await office.post()
    await office.runFor(2 * hour, minute)
    expect(await office.store.findMail(id)).toMatchObject({ attempts: 1, due_at: null, last_error: error })
    expect(names()).toEqual(['mail.failed'])
    expect(office.events[0]?.fields.reason).toBe(error)
    Object.assign(manners, { recipient: undefined, data: undefined })
    expect(await office.store.retryMail({ id, now: office.clock() })).toBe(true)
    await office.outbox.run()
    expect(server.taken).toHaveLength(1)
  })

  test('of one mail is of that one: the others are sent in the same run', async () => {
    const { server, office } = await officeWith({
      recipient: (address) => (address.startsWith('nobody') ? { code: 550, says: 'no' } : undefined),
    })
    for (const name of ['a', 'nobody', 'b', 'nobody2', 'c', 'd']) await office.post(`${name}@example.net`)
    await office.outbox.run()
    expect(server.taken.flatMap(({ to }) => to).sort()).toEqual(
      ['a', 'b', 'c', 'd'].map((n) => `${n}@example.net`),
    )
  })

  test('of ourselves as its sender is for the operator to mend: nothing is given up', async () => {
    let mended = false
    const { server, office } = await officeWith({
      sender: () => (mended ? undefined : { code: 553, says: 'sender not allowed' }),
    })
    for (let nth = 0; nth < 10; nth += 1) await office.post(`u${nth}@example.net`)
    await office.runFor(20 * minute, 5_000)
    expect(server.taken).toEqual([])
    mended = true
    await office.runFor(hour, 30_000)
    expect(new Set(server.taken.flatMap(({ to }) => to)).size).toBe(10)
    expect(server.taken).toHaveLength(10)
  })

  test('that quotes the mail leaves no link, no code and no address in the table or the log', async () => {
    const { office } = await officeWith({
      data: ({ raw }) => ({ code: 554, says: `spam: ${raw.replaceAll(/\s+/g, ' ').slice(-900)}` }),
    })
    const id = await office.post('alice@example.net', 'reset_password')
    await office.outbox.run()
    const { code, path } = exampleFacts(office.clock()).reset_password
    const told = JSON.stringify([(await office.store.findMail(id))?.last_error, office.events])
    expect(told).toContain('DATA: 554')
    for (const secret of [code, path.split('=')[1] ?? '', 'alice@']) expect(told).not.toContain(secret)
  })

  test('for three days is the end, and then an operator may ask for it again', async () => {
    const { office, names } = await officeWith({ recipient: () => ({ code: 451, says: 'later' }) })
    const id = await office.post()
    const startedAt = office.clock()
    while ((await office.store.findMail(id))?.failed_at === null) {
      await office.outbox.run()
      office.clock.advance(10 * minute)
    }
    const days = (office.clock() - startedAt) / day
    expect(days).toBeGreaterThan(2)
    expect(days).toBeLessThan(4)
    expect(await office.store.findMail(id)).toMatchObject({ attempts: 20, due_at: null })
    expect(names().filter((name) => name === 'mail.failed')).toHaveLength(1)
    expect(names()).toHaveLength(20)
  })
})

describe('a cut', () => {
  const before: Stage[] = ['connect', 'sender', 'recipient', 'data']
  test.each(before)('at %s: nothing was taken, and it is sent once', async (stage) => {
    const { server, office } = await officeWith({ cut: (at, nth) => at === stage && nth === 1 })
    const id = await office.post()
    await office.outbox.run()
    expect(await office.store.findMail(id)).toMatchObject({ attempts: 1, sent_at: null, failed_at: null })
    await office.runFor(5 * minute)
    expect(server.taken).toHaveLength(1)
    expect(await office.store.findMail(id)).toMatchObject({ attempts: 2, last_error: null })
  })

  test('after the mail was taken and before the answer: it comes twice, under the same Message-ID', async () => {
    const { server, office } = await officeWith({ cut: (at, nth) => at === 'stored' && nth === 1 })
    const id = await office.post()
    await office.runFor(5 * minute)
    expect(server.taken.map(({ headers }) => headers['message-id'])).toEqual(
      Array(2).fill(`<${id}@example.com>`),
    )
    expect(server.taken[0]?.headers.date).toBe(server.taken[1]?.headers.date)
    await office.runFor(day, 10 * minute)
    expect(server.taken).toHaveLength(2)
  })
})

test('a server that takes its time is waited for', async () => {
  const { server, office } = await officeWith({
    data: () => new Promise((resolve) => void setTimeout(resolve, 300, undefined)),
  })
  await Promise.all([office.post('a@example.net'), office.post('b@example.net')])
  await office.outbox.run()
  expect(server.taken).toHaveLength(2)
})

describe('what is not sent', () => {
  test('a link that ended while it waited', async () => {
    const { server, office } = await officeWith()
    const id = await office.post('alice@example.net', 'reset_password')
    office.clock.advance(hour)
    await office.outbox.run()
    expect(server.counts.connect).toBe(0)
    expect(await office.store.findMail(id)).toMatchObject({
      ...{ due_at: null, last_error: 'its link ended before it could be sent' },
    })
  })

  test('what another secret sealed', async () => {
    const { server, office } = await officeWith()
    const id = await office.post()
    const mail = await office.store.findMail(id)
    const moved = { ...office.letters.write('test', { to: 'x@example.net', userId: null, facts: { at: 0 } }) }
    await office.store.addMail({ ...moved, sealed: mail?.sealed ?? null })
    await office.outbox.run()
    expect(server.taken).toHaveLength(1)
    expect((await office.store.findMail(moved.id))?.last_error).toMatch(/none of the secrets/)
  })

  test('what waited through the sleep of a machine: others may have it by now', async () => {
    const { server, office } = await officeWith()
    await office.post()
    const { claimMails } = office.store
    office.store.claimMails = async (input) => {
      const claimed = await claimMails(input)
      office.clock.advance(300_000 - deliveryMs + 1)
      return claimed
    }
    await office.outbox.run()
    expect(server.taken).toEqual([])
    office.store.claimMails = claimMails
    office.clock.advance(300_000)
    await office.outbox.run()
    expect(server.taken).toHaveLength(1)
  })
})

test('a store that cannot record that a mail was sent: this process does not send it again', async () => {
  const { server, office } = await officeWith()
  const id = await office.post()
  const { settleMail } = office.store
  office.store.settleMail = () => Promise.reject(new Error('away'))
  await expect(office.outbox.run()).rejects.toThrow('away')
  office.clock.advance(hour)
  await expect(office.outbox.run()).rejects.toThrow('away')
  office.store.settleMail = settleMail
  await office.outbox.run()
  expect(server.taken).toHaveLength(1)
  expect(await office.store.findMail(id)).toMatchObject({ sent_at: office.clock(), due_at: null })
})

test('told to stop, it finishes what is under way and begins nothing', async () => {
  const under = Promise.withResolvers<void>()
  const { server, office } = await officeWith({
    data: async () => {
      office.outbox.stop()
      await under.promise
      return undefined
    },
  })
  for (let nth = 0; nth < 9; nth += 1) await office.post(`u${nth}@example.net`)
  const running = office.outbox.run()
  setTimeout(() => under.resolve(), 100)
  await running
  expect(server.taken).toHaveLength(4)
  await office.outbox.run()
  expect(server.taken).toHaveLength(4)
  const left = await office.store.claimMails({ now: office.clock(), until: office.clock() + 1, limit: 100 })
  expect(left).toHaveLength(5)
})

test('told to stop while the server says nothing, it goes all the same, and the mail is not lost', async () => {
  const { server, office } = await officeWith({ data: () => new Promise(() => undefined) })
  const id = await office.post()
  const running = office.outbox.run()
  while (server.counts.data === 0) await new Promise((resolve) => void setTimeout(resolve, 10))
  office.outbox.stop()
  await running
  expect(await office.store.findMail(id)).toMatchObject({ attempts: 1, sent_at: null, failed_at: null })
})

test('where no server is set, mail waits, and says why', async () => {
  const office = await openPostOffice({ smtp: nowhere })
  const id = await office.post()
  await office.runFor(hour, minute)
  expect(await office.store.findMail(id)).toMatchObject({
    failed_at: null,
    last_error: 'SMTP_URL is not set',
  })
  await office.store.close()
})
