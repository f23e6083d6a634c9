import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { exampleFacts } from '../../src/mail/examples.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { handClock, spawnServer, temporaryFolder } from '../harness.ts'
import { type MailServer, openMailServer } from './mail-server.ts'
import { lettersAt } from './post-office.ts'

const count = 30
/** what a process has in hand at once, and so what can come twice after a kill */
const atOnce = 4

/** A deployment whose outbox is full; the server sends to `mailServer`. */
async function fullOutbox(mailServer: MailServer) {
  const data = temporaryFolder()
  const file = join(data, 'countersign.db')
  const clock = handClock(Date.now())
  const store = await openSqliteStore({ file, now: clock() })
  const letters = lettersAt(clock)
  const ids: string[] = []
  for (let nth = 0; nth < count; nth += 1) {
    const facts = exampleFacts(clock()).password_changed
    const mail = letters.write('password_changed', { to: `u${nth}@example.net`, userId: null, facts })
    await store.addMail(mail)
    ids.push(mail.id)
  }
  const env = { SMTP_URL: mailServer.url, MAIL_FROM: 'Example <no-reply@example.com>' }
  return { ids, file, store, start: () => spawnServer({ data, env }) }
}

/** As if the time were over for which a dead process still holds its mails and its lease. */
function endClaims(file: string): void {
  const db = new Database(file)
  db.exec('UPDATE mails SET due_at = 1 WHERE due_at IS NOT NULL; DELETE FROM leases')
  db.close()
}

async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isThere())) await pause(20)
}

function timesTaken({ taken }: MailServer): Map<string, number> {
  const times = new Map<string, number>()
  for (const { headers } of taken) {
    const id = headers['message-id']?.slice(1, 37) ?? ''
    times.set(id, (times.get(id) ?? 0) + 1)
  }
  return times
}

test.each([
  ['before the server had taken what was on its way', 'data', 0],
  ['after it had, and before the yes was heard', 'stored', atOnce],
] as const)('kill -9 %s: none is lost', { timeout: 120_000 }, async (_, stage, mostTwice) => {
  let isReleased = false
  const released = Promise.withResolvers<void>()
  const mailServer: MailServer = await openMailServer({
    data: () => (stage === 'data' && mailServer.taken.length >= 8 ? hold() : Promise.resolve(undefined)),
    answer: () => (stage === 'stored' && mailServer.taken.length > 8 ? hold() : Promise.resolve(undefined)),
  })
  /** @returns a no, for one who is dead by then */
  async function hold() {
    if (isReleased) return undefined
    await released.promise
    return { code: 451, says: 'too late' }
  }
  const { ids, file, store, start } = await fullOutbox(mailServer)
  const first = await start()
  onTestFinished(async () => {
    await first.stop('SIGKILL')
    await mailServer.close()
    await store.close()
  })
  await until(() => mailServer.counts.data >= 9)
  await pause(200)
  await first.stop('SIGKILL')
  isReleased = true
  released.resolve()
  const takenThen = mailServer.taken.length
  expect(takenThen).toBeLessThan(count)

  endClaims(file)
  const second = await start()
  await until(async () =>
    (await store.listMails({ after: undefined, limit: count })).every((one) => one.sent_at),
  )
  expect(await second.stop()).toEqual([0, null])
  const times = timesTaken(mailServer)
  expect([...times.keys()].sort()).toEqual([...ids].sort())
  const twice = [...times.values()].filter((one) => one > 1)
  expect(twice.every((one) => one === 2)).toBe(true)
  expect(twice.length).toBeLessThanOrEqual(mostTwice)
  if (stage === 'stored') expect(twice.length, 'the test shows the bound').toBeGreaterThan(0)
})
