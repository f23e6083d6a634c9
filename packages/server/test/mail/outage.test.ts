import { expect, onTestFinished, test } from 'vitest'
import { openMailServer } from './mail-server.ts'
import { openPostOffice, smtpAt } from './post-office.ts'

const minute = 60_000
const hour = 60 * minute
const count = 200

test('an hour without a server, 200 mails waiting: all arrive within minutes, none twice, the oldest first', async () => {
  let isAway = true
  const server = await openMailServer({ cut: (stage) => isAway && stage === 'connect' })
  const office = await openPostOffice({ smtp: smtpAt(server.port) })
  onTestFinished(async () => {
    await server.close()
    await office.store.close()
  })
  const ids: string[] = []
  for (let nth = 0; nth < count; nth += 1) {
    ids.push(await office.post(`user${nth}@example.net`))
    office.clock.advance(1)
  }
  await office.runFor(hour, 30_000)
  // One at a time asked whether the server is back: 200 mails cost it no more than one would.
  expect(server.counts.connect).toBeLessThan(hour / minute + 20)
  expect(server.taken).toEqual([])
  const attempts = await office.store.listMails({ after: undefined, limit: count })
  expect(attempts.every(({ failed_at }) => failed_at === null)).toBe(true)
  const untouched = new Set(attempts.filter((mail) => mail.attempts === 0).map(({ id }) => id))

  isAway = false
  await office.runFor(hour, minute)
  const arrived = server.taken.map(({ headers }) => headers['message-id']?.slice(1, 37) ?? '')
  expect(arrived).toHaveLength(count)
  expect([...arrived].sort()).toEqual([...ids].sort())
  const left = await office.store.listMails({ after: undefined, limit: count })
  expect(left.every(({ sent_at, sealed }) => sent_at !== null && sealed === null)).toBe(true)

  // Of those that nobody had tried, none overtakes one that is older by more than a handful.
  const order = arrived.filter((id) => untouched.has(id)).map((id) => ids.indexOf(id))
  order.forEach((place, at) => {
    expect(Math.max(0, ...order.slice(0, at)) - place).toBeLessThan(8)
  })
})

test('mail that is refused for a while holds up no other', async () => {
  const server = await openMailServer({
    recipient: (address) => (address.startsWith('slow') ? { code: 451, says: 'later' } : undefined),
  })
  const office = await openPostOffice({ smtp: smtpAt(server.port) })
  onTestFinished(async () => {
    await server.close()
    await office.store.close()
  })
  for (let nth = 0; nth < 20; nth += 1) await office.post(`slow${nth}@example.net`)
  for (let nth = 0; nth < 20; nth += 1) await office.post(`quick${nth}@example.net`)
  await office.outbox.run()
  expect(server.taken).toHaveLength(20)
})
