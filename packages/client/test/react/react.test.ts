import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noBrowser, openBrowser } from '../../../server/test/browser.ts'
import { createClient } from '../../src/index.ts'
import { AuthProvider, useAuth, useSession } from '../../src/react.ts'
import { openSite } from './site.ts'

describe('rendered to text', () => {
  const client = createClient({ baseUrl: 'http://127.0.0.1:9' })
  const alice = { id: 's1', user: { id: 'u1', username: 'alice' } }
  const Status = () => {
    const { status, user } = useAuth()
    return `${status} ${user?.username} ${useSession()?.id}`
  }

  test.each([
    { name: 'nothing known', initialSession: undefined, html: 'loading undefined undefined' },
    { name: 'nobody', initialSession: null, html: 'signed_out undefined undefined' },
    { name: 'somebody', initialSession: alice, html: 'signed_in alice s1' },
  ])('$name', ({ initialSession, html }) => {
    const page = createElement(AuthProvider, { client, initialSession }, createElement(Status))
    expect(renderToString(page)).toBe(html)
  })

  test('the hooks say so where no provider is above', () => {
    expect(() => renderToString(createElement(Status))).toThrow('There is no AuthProvider above')
  })
})

describe.skipIf(noBrowser !== undefined)(`in Chromium${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let site: Awaited<ReturnType<typeof openSite>>
  let browser: Browser
  beforeAll(async () => {
    ;[site, browser] = await Promise.all([openSite(), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  /** A page that tells whatever goes wrong in it. */
  async function open(context: BrowserContext, path: string) {
    const page = await context.newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      const text = message.text()
      const isOurs = ['error', 'warning'].includes(message.type()) && !text.startsWith('Failed to load')
      if (isOurs) problems.push(text)
    })
    await page.goto(site.address + path)
    await page.waitForFunction('globalThis.listeners === 2')
    return { page, problems }
  }
  const says = async (page: Page, status: string) => {
    await page.getByRole('heading', { name: status, exact: true }).waitFor()
    const name = status === 'signed_in' ? 'alice' : 'nobody'
    expect(await page.locator('#names').textContent()).toBe(`${name}, ${name}`)
  }
  const logIn = async (page: Page) => {
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await says(page, 'signed_in')
  }
  const logOut = (page: Page) => page.getByRole('button', { name: 'Log out' }).click()

  test('a page logs in, another tab follows, a new one knows at once, and all are signed out together', async () => {
    const context = await browser.newContext()
    const tabs = await Promise.all([open(context, '/'), open(context, '/')])
    const [{ page: first }, { page: second }] = tabs
    await says(first, 'signed_out')
    await logIn(first)
    await says(second, 'signed_in')
    const third = await open(context, '/')
    await says(third.page, 'signed_in')
    await logOut(third.page)
    await Promise.all([first, second].map((page) => says(page, 'signed_out')))
    expect([...tabs, third].flatMap(({ problems }) => problems)).toEqual([])
    await context.close()
  })

  test('a wrong password is an error of the verb and changes nothing', async () => {
    const context = await browser.newContext()
    const { page } = await open(context, '/')
    await page.getByRole('button', { name: 'Log in wrongly' }).click()
    await page.getByText('invalid_credentials').waitFor()
    await says(page, 'signed_out')
    await context.close()
  })

  test('an asynchronous storage is waited for: neither signed in nor signed out', async () => {
    const context = await browser.newContext()
    const { page } = await open(context, '/slow')
    await says(page, 'loading')
    await page.evaluate('answer(null)')
    await says(page, 'signed_out')
    await context.close()
  })

  test('StrictMode mounts twice and leaves nobody listening', async () => {
    const context = await browser.newContext()
    const { page, problems } = await open(context, '/')
    expect(await page.evaluate('[listeners, subscriptions]')).toEqual([2, 4])
    await page.evaluate('unmount()')
    await page.waitForFunction('listeners === 0')
    expect(problems).toEqual([])
    await context.close()
  })

  test.each(['/rendered', '/rendered-untold'])('%s is hydrated without a mismatch', async (path) => {
    const context = await browser.newContext({ javaScriptEnabled: true })
    const { page: first } = await open(context, '/')
    await logIn(first)
    const html = await (await context.request.get(site.address + path)).text()
    expect(html).toContain(path === '/rendered' ? '>signed_in<' : '>loading<')
    const { page, problems } = await open(context, path)
    await says(page, 'signed_in')
    await logOut(page)
    await says(first, 'signed_out')
    expect(await page.evaluate('troubles')).toEqual([])
    expect(problems).toEqual([])
    await context.close()
  })

  test('a page that was rendered before another tab signed out follows it', async () => {
    const context = await browser.newContext()
    const { page: first } = await open(context, '/')
    await logIn(first)
    const page = await context.newPage()
    await page.route('**/page.js', async (route) => {
      await logOut(first)
      await says(first, 'signed_out')
      await route.continue()
    })
    await page.goto(`${site.address}/rendered`)
    await says(page, 'signed_out')
    expect(await page.evaluate('troubles')).toEqual([])
    await context.close()
  })
})
