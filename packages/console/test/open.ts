import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { type ConsoleServer, openConsole, password, type stores } from '../../server/test/admin/console.ts'
import { freePort } from '../../server/test/cli/shell.ts'
import { handClock } from '../../server/test/harness.ts'
import { watchPages } from '../../server/test/watched-pages.ts'

/** A real server with users, and browsers that are signed in to its console. */
export async function openWorld(
  kind: (typeof stores)[number],
  browser: Browser,
  env: Readonly<Record<string, string>> = {},
) {
  // The address of a deployment is among its settings, so the port must be known before.
  const port = await freePort()
  const server = await openConsole(kind, {
    clock: handClock(Date.now()),
    env: { COUNTERSIGN_ISSUER: `http://127.0.0.1:${port}`, ...env },
  })
  const address = await server.listen(port)
  const { problems, open: openPath } = watchPages(browser, address, /^Failed to load resource/)
  const open = (path: string, options: BrowserContextOptions = {}) => openPath(`/admin${path}`, options)

  return {
    ...server,
    address,
    problems,
    open,
    /** signed in as that user, at that place */
    async openAs(username: string, path = '/', options: BrowserContextOptions = {}): Promise<Page> {
      const page = await open(path, options)
      await page.getByLabel('Username').fill(username)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.locator('nav').waitFor({ state: 'attached' })
      return page
    },
  }
}

export type World = Awaited<ReturnType<typeof openWorld>> & ConsoleServer
