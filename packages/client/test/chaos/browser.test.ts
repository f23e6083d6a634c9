import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { noBrowser, openBrowser } from '../../../server/test/browser.ts'
import { blow, openStorm, password, registerUsers, sleep } from './storm.ts'

const tabs = 10
const users = Array.from({ length: 6 }, (_, index) => `captain${index}`)

/** What runs in every tab: a client for each user, each used at random. The clock is the machine's, moved for all tabs. */
const page = `<!doctype html><meta charset="utf-8"><title>tab</title><script type="module">
const real = Date.now
Date.now = () => real() + Number(localStorage.getItem('offset') ?? 0)
const { createClient } = await import('/src/index.ts')
const names = ${JSON.stringify(users)}
window.clients = names.map((name) => createClient({
  baseUrl: '/', storageKey: name, timeoutSeconds: 1,
  onEvent: (event) => event.type === 'signed_out' && console.log('signed out: ' + name + ' ' + event.reason),
}))
window.isOver = false
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
window.use = async (client) => {
  while (!isOver) {
    await sleep(1000 * Math.random())
    const dice = Math.random()
    const work = dice < 0.6 ? client.refresh() : dice < 0.8 ? client.getAccessToken() : client.fetch('/api/protected/')
    await work.catch(() => {})
  }
}
window.begin = () => clients.forEach(use)
window.answer = async (client) => {
  for (let turn = 0; turn < 60; turn += 1) {
    const given = await client.fetch('/api/protected/').catch(() => undefined)
    if (given?.status === 200) return 200
    await sleep(1000)
  }
  return 0
}
window.isReady = true
</script>`

describe.skipIf(noBrowser !== undefined)(
  `${tabs} tabs of a browser${noBrowser ? ` (${noBrowser})` : ''}`,
  () => {
    test('nobody is signed out', { timeout: 0 }, async () => {
      const storm = await openStorm({ '/tab': page })
      await registerUsers(storm, users)
      const browser = await openBrowser()
      const context = await browser.newContext()
      const signedOut: string[] = []
      const done = { reloads: 0, freezes: 0, clockJumps: 0 }
      const pages = await Promise.all(Array.from({ length: tabs }, () => context.newPage()))
      const run = <Result>(tab: Page, expression: string) => tab.evaluate(expression) as Promise<Result>
      const load = async (tab: Page) => {
        await tab.goto(`${storm.address}/tab`)
        await tab.waitForFunction('window.isReady')
      }
      for (const tab of pages) {
        tab.on('console', (message) => {
          if (message.text().startsWith('signed out')) signedOut.push(message.text())
        })
        await load(tab)
      }
      const [first] = pages as [Page]
      await run(
        first,
        `Promise.all(clients.map((client, at) => client.login({ username: ${JSON.stringify(users)}[at], password: '${password}' })))`,
      )
      for (const tab of pages) await run(tab, 'begin()')

      const begun = Date.now()
      const frozen = new Map<Page, Promise<void>>()
      await blow(storm, async (secondsLeft) => {
        await sleep(300)
        const tab = pages[Math.floor(Math.random() * pages.length)] as Page
        const dice = Math.random()
        if (frozen.has(tab)) return
        if (dice < 0.3) {
          done.reloads += 1
          await load(tab)
          await run(tab, 'begin()')
        } else if (dice < 0.5 && secondsLeft > 5) {
          done.freezes += 1
          frozen.set(
            tab,
            freeze(tab, 1000 + 4000 * Math.random()).finally(() => frozen.delete(tab)),
          )
        } else if (dice < 0.56) {
          done.clockJumps += 1
          const awake = pages.find((one) => !frozen.has(one)) as Page
          await run(awake, `localStorage.setItem('offset', ${Math.round((Math.random() - 0.5) * 7_200_000)})`)
        }
      })
      await Promise.all(frozen.values())
      await Promise.all(pages.map((tab) => run(tab, 'isOver = true')))
      const answers = await Promise.all(
        pages.map((tab) => run<number[]>(tab, 'Promise.all(clients.map(answer))')),
      )
      const sessions = await run<object[]>(first, 'clients.map(({ session }) => session)')
      await browser.close()
      const { rotations, ended, live, thefts } = await storm.close()
      console.log(`${users.length} sessions in ${tabs} tabs, ${Math.round((Date.now() - begun) / 1000)} s:`, {
        ...storm.counts,
        ...done,
        ...{ rotations, accidentalLogouts: signedOut.length, ended: ended.length, live: live.length },
      })
      expect(thefts).toEqual([])
      expect(signedOut).toEqual([])
      expect(ended).toEqual([])
      expect(live).toEqual(users.map(() => 1))
      expect(new Set(answers.flat())).toEqual(new Set([200]))
      expect(sessions).toMatchObject(users.map((username) => ({ user: { username } })))
      expect(done.reloads + done.freezes + done.clockJumps).toBeGreaterThan(3)
    })
  },
)

/** As a browser does with a tab that nobody looks at: no task of it runs until it is woken. */
async function freeze(tab: Page, ms: number): Promise<void> {
  const session = await tab.context().newCDPSession(tab)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  await sleep(ms)
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  await session.detach()
}
