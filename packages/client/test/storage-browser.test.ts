import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { noBrowser, openBrowser } from '../../server/test/browser.ts'
import { openStorm, password, registerUsers, type Storm } from './chaos/storm.ts'

const username = 'mate'

const page = `<!doctype html><meta charset="utf-8"><title>tab</title><script type="module">
import { cookieStorage, createClient } from '/src/index.ts'
const storages = { cookie: cookieStorage() }
const chosen = location.hash.slice(1)
window.heard = []
window.auth = createClient({
  baseUrl: '/', storage: storages[chosen] ?? chosen, timeoutSeconds: 1,
  onEvent: ({ type }) => heard.push(type),
})
window.login = () => auth.login({ username: '${username}', password: '${password}' })
window.statusOf = async () => (await auth.fetch('/api/protected/')).status
</script>`

const run = <Result>(tab: Page, expression: string) => tab.evaluate(expression) as Promise<Result>
const userOf = (tab: Page) => run<string | undefined>(tab, 'auth.user?.username')

describe.skipIf(noBrowser !== undefined)(
  `where a browser keeps it${noBrowser ? ` (${noBrowser})` : ''}`,
  () => {
    let storm: Storm
    let browser: Awaited<ReturnType<typeof openBrowser>>
    beforeAll(async () => {
      storm = await openStorm({ '/tab': page })
      await registerUsers(storm, [username])
      browser = await openBrowser()
    })
    afterAll(async () => {
      await browser.close()
      await storm.close()
    })

    async function openContext(): Promise<BrowserContext> {
      const context = await browser.newContext()
      onTestFinished(() => context.close())
      return context
    }

    async function openTab(context: BrowserContext, storage: string): Promise<Page> {
      const tab = await context.newPage()
      await tab.goto(`${storm.address}/tab#${storage}`)
      await tab.waitForFunction('window.statusOf')
      return tab
    }

    async function reload(tab: Page): Promise<void> {
      await tab.reload()
      await tab.waitForFunction('window.statusOf')
    }

    test.each([
      { storage: 'local', afterReload: username, elsewhere: username },
      { storage: 'cookie', afterReload: username, elsewhere: username },
      { storage: 'session', afterReload: username, elsewhere: undefined },
      { storage: 'memory', afterReload: undefined, elsewhere: undefined },
    ])('$storage: after a reload $afterReload, in another tab $elsewhere', async ({
      storage,
      ...expected
    }) => {
      const context = await openContext()
      const [tab, other] = [await openTab(context, storage), await openTab(context, storage)]
      await run(tab, 'login()')
      expect([await userOf(tab), await run(tab, 'statusOf()')]).toEqual([username, 200])
      if (expected.elsewhere) await other.waitForFunction('auth.user')
      expect(await userOf(other)).toBe(expected.elsewhere)
      await reload(tab)
      expect(await userOf(tab)).toBe(expected.afterReload)
      await run(other, 'auth.logout()')
      if (expected.elsewhere) await tab.waitForFunction('auth.session === null')
    })

    test('session: a tab that was duplicated hears what the other one does', async () => {
      const tab = await openTab(await openContext(), 'session')
      await run(tab, 'login()')
      const opened = tab.waitForEvent('popup')
      await run(tab, `void window.open(location.href)`)
      const copy = await opened
      await copy.waitForFunction('window.statusOf')
      expect(await userOf(copy)).toBe(username)
      await tab.waitForTimeout(2100)
      await run(tab, 'auth.refresh()')
      await copy.waitForFunction(`heard.includes('refreshed')`)
      expect(await run(copy, 'statusOf()')).toBe(200)
    })

    test.each([
      'local',
      'session',
    ])('%s: where the browser refuses it, the page has it in memory', async (storage) => {
      const context = await openContext()
      // As browsers do it that block a site's data: looking at the property is enough.
      await context.addInitScript(`Object.defineProperty(window, '${storage}Storage', {
      get() { throw new DOMException('denied', 'SecurityError') },
    })`)
      const tab = await openTab(context, storage)
      await run(tab, 'login()')
      expect([await userOf(tab), await run(tab, 'statusOf()')]).toEqual([username, 200])
      expect(await run(tab, 'heard')).not.toContain('storage_failed')
    })

    test('local: where there is no room left, the page goes on, says so, and writes at the next chance', async () => {
      const tab = await openTab(await openContext(), 'local')
      await run(
        tab,
        `{ let size = 2 ** 22; while (size >= 1) try { localStorage.setItem('fill' + size + Math.random(), 'x'.repeat(size)) } catch { size /= 2 } }`,
      )
      await run(tab, 'login()')
      expect([await userOf(tab), await run(tab, 'statusOf()')]).toEqual([username, 200])
      expect(await run(tab, 'heard')).toContain('storage_failed')
      await run(
        tab,
        `for (const key of Object.keys(localStorage)) if (key.startsWith('fill')) localStorage.removeItem(key)`,
      )
      await tab.waitForTimeout(2100)
      await run(tab, 'auth.refresh()')
      await reload(tab)
      expect(await userOf(tab)).toBe(username)
    })

    test('in a worker: memory, and a storage of its own that takes its time', async () => {
      const tab = await openTab(await openContext(), 'memory')
      const told = await run(
        tab,
        `new Promise((resolve) => {
        const program = \`
          import { createClient } from '\${location.origin}/src/index.ts'
          const baseUrl = '\${location.origin}'
          const texts = new Map()
          const storage = { getItem: async (key) => texts.get(key) ?? null, setItem: async (key, text) => texts.set(key, text) }
          const clients = [{}, { storage: 'local' }, { storage }].map((more) => createClient({ baseUrl, ...more }))
          const before = clients.map(({ session }) => session)
          const told = []
          for (const client of clients) {
            const { user } = await client.login({ username: '${username}', password: '${password}' })
            told.push([String(before[told.length]), user.username, (await client.fetch('/api/protected/')).status])
          }
          postMessage([...told, [...texts.keys()]])\`
        const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }))
        new Worker(address, { type: 'module' }).onmessage = ({ data }) => resolve(data)
      })`,
      )
      expect(told).toEqual([
        ['null', username, 200],
        ['null', username, 200],
        ['undefined', username, 200],
        ['countersign'],
      ])
    })
  },
)
