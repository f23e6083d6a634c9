import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../../packages/server/test/browser.ts'
import { median, quantile } from '../load.ts'
import { freePort, remove, startServer, temporaryFolder } from '../processes.ts'
import { fillSqlite } from '../seeds.ts'
import { type Row, under } from '../table.ts'
import { password } from '../users.ts'
import { ownerHash } from './administrator.ts'
import { crowd, owner } from './seeds.ts'

const users = 100_000
const visits = 15
const barMs = 500

/** What a page tells of itself, in milliseconds. */
interface Seen {
  /** from the beginning of the navigation to the first row on the screen */
  shown: number
  /** until a page with all its rows has nothing more to do: whatever is pressed now is answered at once */
  idle: number
  /** from a key to what it changes on the screen, once it was idle */
  key: number
}

/** How soon the list of 100,000 users can be used, in a real Chromium, just started and with the files at hand. */
export async function interactive(): Promise<Row[]> {
  await import('../../../packages/console/build.ts')
  const data = temporaryFolder()
  const fill = crowd({ users, sessions: 10_000, events: 10_000, ownerHash: await ownerHash() })
  await fillSqlite(join(data, 'countersign.db'), fill)
  const port = String(await freePort())
  const settings = { PORT: port, COUNTERSIGN_ISSUER: `http://127.0.0.1:${port}` }
  const server = await startServer(data, settings)
  try {
    return await visit(server.address)
  } finally {
    await server.stop()
    remove(data)
  }
}

async function visit(address: string): Promise<Row[]> {
  const cookies = await inBrowser((browser) => signIn(browser, address))
  const [cold, warm]: [Seen[], Seen[]] = [[], []]
  for (let turn = 0; turn < visits; turn += 1)
    await inBrowser(async (browser) => {
      const page = await (await browser.newContext({ storageState: cookies })).newPage()
      await page.addInitScript(watch)
      cold.push(await look(page, address))
      warm.push(await look(page, address))
    })
  return [row('that was just started', cold), row('with its files at hand', warm)]
}

async function inBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await openBrowser()
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

async function signIn(browser: Browser, address: string) {
  const page = await browser.newPage()
  await page.goto(`${address}/admin/`)
  await page.getByLabel('Username').fill(owner)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('nav').waitFor()
  return page.context().storageState()
}

async function look(page: Page, address: string): Promise<Seen> {
  await page.goto(`${address}/admin/users`)
  const times = (await page.evaluate('globalThis.ready')) as Omit<Seen, 'key'>
  await page.evaluate(listenToKey)
  await page.keyboard.press('/')
  return { ...times, key: (await page.evaluate('globalThis.answered')) as number }
}

/** Looks on from within the page, from before its first script: driving it from outside would be measured as well. */
const watch = `
  globalThis.ready = new Promise((resolve) => {
    const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then))
    new MutationObserver((_, observer) => {
      if (document.querySelectorAll('tbody tr').length < 50) return
      observer.disconnect()
      painted(() => {
        const shown = performance.now()
        requestIdleCallback(() => resolve({ shown, idle: performance.now() }))
      })
    }).observe(document, { childList: true, subtree: true })
  })`

/** `/` moves the focus to the search. */
const listenToKey = `(() => {
  let pressedAt
  addEventListener('keydown', ({ timeStamp }) => { pressedAt = timeStamp }, { once: true, capture: true })
  globalThis.answered = new Promise((resolve) => {
    addEventListener('focusin', () => requestAnimationFrame(() => resolve(performance.now() - pressedAt)), { once: true })
  })
})()`

function row(when: string, seen: readonly Seen[]): Row {
  const told = (name: keyof Seen) => {
    const all = seen.map((one) => one[name])
    return `${median(all).toFixed(0)} ms (p95 ${quantile(all, 0.95).toFixed(0)})`
  }
  return {
    what: `the list of ${users.toLocaleString('en')} users in a browser ${when}`,
    measured: `rows ${told('shown')}, idle ${told('idle')}, a key ${told('key')}`,
    limit: 'embedded store',
    value: median(seen.map(({ idle }) => idle)),
    bar: under(barMs, ' ms'),
  }
}
