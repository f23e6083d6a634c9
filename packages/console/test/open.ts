import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { type ConsoleServer, openConsole, password, type stores } from '../../server/test/admin/console.ts'
import { freePort } from '../../server/test/cli/shell.ts'
import { handClock } from '../../server/test/harness.ts'

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
  const problems: string[] = []

  /** A page of its own browser, which tells whatever goes wrong in it. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/^Failed to load resource/.test(message.text()))
        problems.push(message.text())
    })
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== address) problems.push(`asked for ${request.url()}`)
    })
    await page.goto(`${address}/admin${path}`)
    return page
  }

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

const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }

/**
 * What axe finds wrong with a page as it is now.
 * @param part an expression for the element that is looked at; the whole page unless said
 */
export async function faultsOf(page: Page, part = 'document'): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate(`axe.run(${part}, ${JSON.stringify(rules)})`)) as axe.AxeResults
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
  )
}
