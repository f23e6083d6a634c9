import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser } from '../../packages/server/test/browser.ts'
import { freePort } from '../../packages/server/test/cli/shell.ts'
import { spawnServer, temporaryFolder } from '../../packages/server/test/harness.ts'
import { startExample } from './start.ts'

export const password = 'a quiet harbour'

/** A server, an example that was started by its own command beside it, and a browser. */
export async function openExample(name: string) {
  const [authPort, port] = [await freePort(), await freePort()]
  const auth = `http://127.0.0.1:${authPort}`
  const server = await spawnServer({
    data: temporaryFolder(),
    port: authPort,
    env: { COUNTERSIGN_ISSUER: auth },
  })
  const example = await startExample(name, { PORT: String(port), COUNTERSIGN_URL: auth })
  const address = `http://127.0.0.1:${port}`
  const browser = await openBrowser()
  await example.answers(address)
  const problems: string[] = []

  return {
    address,
    auth,
    server,
    /** what went wrong in pages, unless a test expects it */
    problems,
    async open(context: BrowserContext, path = '/'): Promise<Page> {
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => {
        const text = message.text()
        if (message.type() === 'error' && !text.startsWith('Failed to load resource')) problems.push(text)
      })
      await page.goto(address + path)
      return page
    },
    person: (options: BrowserContextOptions = {}) => browser.newContext(options),
    async close() {
      await browser.close()
      await example.stop()
      await server.stop()
    },
  }
}

export type ExampleWorld = Awaited<ReturnType<typeof openExample>>

/** Signs somebody up in the form that both examples show. */
export async function register(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Email').fill(`${username}@example.com`)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Register' }).click()
}
