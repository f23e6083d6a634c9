import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** What a refusal leaves on the console, whatever the page does with it. */
const refusal = /^Failed to load resource: the server responded with a status of 4\d\d/

/** Opens pages of one address, each in a browser of its own, and hears of whatever goes wrong in them. */
export interface WatchedPages {
  /** errors, and requests to elsewhere; whoever looks empties it */
  problems: string[]
  open(path: string, options?: BrowserContextOptions): Promise<Page>
}

/** @param expected what may stand on a page's console */
export function watchPages(browser: Browser, address: string, expected = refusal): WatchedPages {
  const problems: string[] = []
  return {
    problems,
    async open(path, options = {}) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error' && !expected.test(message.text())) problems.push(message.text())
      })
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== address) problems.push(`asked for ${request.url()}`)
      })
      await page.goto(address + path)
      return page
    },
  }
}

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
