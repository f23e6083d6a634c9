import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { noBrowser, openBrowser } from '../browser.ts'
import { bearer, openTestServer, type TestServer } from '../harness.ts'
import { faultsOf, type WatchedPages, watchPages } from '../watched-pages.ts'
import { letterTo } from './mailbox.ts'

const another = 'another horse battery'

let server: TestServer
let address: string
let browser: Browser

let users = 0
async function newUser() {
  users += 1
  const username = `person${users}`
  return { username, email: `${username}@example.com`, pair: await server.session(username) }
}

async function resetPath(): Promise<string> {
  const { email } = await newUser()
  await server.post('/api/password/reset/', { email })
  return (await letterTo(server, email, 'reset_password')).path
}

async function verifyPath(): Promise<string> {
  const { email } = await newUser()
  await server.post('/api/email/verify/resend/', { email })
  return (await letterTo(server, email, 'verify_email')).path
}

async function changePath(): Promise<string> {
  const { username, pair } = await newUser()
  const email = `${username}@example.net`
  await server.post('/api/email/change/', { email }, bearer(pair.access))
  return (await letterTo(server, email, 'change_email')).path
}

/** Fills a form and sends it past the browser's own checks, so that the answer is the server's. */
async function send(page: Page, members: Record<string, string>): Promise<void> {
  await page.evaluate('document.forms[0].noValidate = true')
  for (const [name, value] of Object.entries(members)) await page.locator(`[name="${name}"]`).fill(value)
  const loaded = page.waitForEvent('load')
  await page.getByRole('button').click()
  await loaded
}

interface State {
  path: () => Promise<string> | string
  act?: (page: Page) => Promise<void>
}

/** Every page in every state that it has. */
const states: Record<string, State> = {
  forgot: { path: () => '/account/forgot' },
  'forgot, no address': { path: () => '/account/forgot', act: (page) => send(page, { email: 'a@b' }) },
  'forgot, sent': { path: () => '/account/forgot', act: (page) => send(page, { email: 'a@example.com' }) },
  'forgot, a wrong code': {
    path: () => '/account/forgot',
    async act(page) {
      await send(page, { email: 'a@example.com' })
      await send(page, { code: '1234 5678', new_password: another, new_password_again: another })
    },
  },
  reset: { path: resetPath },
  'reset, refused': {
    path: resetPath,
    act: (page) => send(page, { new_password: '1234', new_password_again: '1234' }),
  },
  'reset, differing': {
    path: resetPath,
    act: (page) => send(page, { new_password: another, new_password_again: 'x' }),
  },
  resend: { path: () => '/account/resend' },
  'resend, sent': { path: () => '/account/resend', act: (page) => send(page, { email: 'a@example.com' }) },
  verify: { path: verifyPath },
  'verify, by code': { path: () => '/account/verify' },
  'verify, a wrong code': {
    path: () => '/account/verify',
    act: (page) => send(page, { email: 'a@example.com', code: 'x' }),
  },
  change: { path: changePath },
  'done, a password': { path: () => '/account/done?of=password' },
  'done, an address': { path: () => '/account/done?of=verified' },
  'done, a change': { path: () => '/account/done?of=email' },
  'expired, a reset': { path: () => '/account/reset?token=abc' },
  'expired, an address': { path: () => '/account/verify?token=abc' },
  'expired, a change': { path: () => '/account/email?token=abc' },
  'no page': { path: () => '/account/done?of=nothing' },
}

describe.skipIf(noBrowser !== undefined)(
  `the pages of accounts in a browser${noBrowser ? ` (${noBrowser})` : ''}`,
  () => {
    let watched: WatchedPages
    const open: WatchedPages['open'] = (path, options) => watched.open(path, options)
    beforeAll(async () => {
      server = await openTestServer()
      address = await server.listen()
      browser = await openBrowser()
      watched = watchPages(browser, address)
    })
    afterAll(async () => {
      await browser?.close()
      await server?.close()
    })
    afterEach(async () => {
      await Promise.all(browser.contexts().map((context) => context.close()))
      expect(watched.problems.splice(0)).toEqual([])
    })

    const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
      Object.keys(states).map((name) => ({ name, colorScheme })),
    )

    test.each(looks)('$name, $colorScheme: WCAG 2.2 AA', async ({ name, colorScheme }) => {
      const { path, act } = states[name] ?? { path: () => '/' }
      const page = await open(await path(), { colorScheme, viewport: { width: 390, height: 844 } })
      await act?.(page)
      expect(await faultsOf(page)).toEqual([])
    })

    test.each(Object.keys(states))('%s: fits a small screen and a wide one', async (name) => {
      const { path, act } = states[name] ?? { path: () => '/' }
      const page = await open(await path())
      await act?.(page)
      for (const width of [320, 360, 390, 1280, 1920]) {
        await page.setViewportSize({ width, height: 800 })
        const scrolls = await page.evaluate('document.documentElement.scrollWidth')
        expect(scrolls, `${width}`).toBe(width)
      }
      const tooSmall = await page.evaluate(
        `[...document.querySelectorAll('button, a.button, input:not([type=hidden])')]
          .filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)`,
      )
      expect(tooSmall).toEqual([])
    })

    test('a new password by keyboard alone, without any script', async () => {
      const { username, email } = await newUser()
      await server.post('/api/password/reset/', { email })
      const { path } = await letterTo(server, email, 'reset_password')
      const page = await open(path, { javaScriptEnabled: false })
      await page.getByLabel('New password', { exact: true }).focus()
      await page.keyboard.type(another)
      await page.keyboard.press('Tab')
      await page.keyboard.type(another)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Your password is changed' }).waitFor()
      expect(page.url()).toBe(`${address}/account/done?of=password`)
      const answer = await server.post('/api/login/', { username, password: another })
      expect(answer.status).toBe(200)
    })

    test('a new password from the address alone, without any script', async () => {
      const { username, email } = await newUser()
      const page = await open('/.well-known/change-password', { javaScriptEnabled: false })
      await page.getByLabel('E-mail address').fill(email)
      await page.getByRole('button').click()
      await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
      await page.getByLabel('Code').fill((await letterTo(server, email, 'reset_password')).code)
      await page.getByLabel('New password', { exact: true }).fill(another)
      await page.getByLabel('New password, once more').fill(another)
      await page.getByRole('button').click()
      await page.getByRole('heading', { name: 'Your password is changed' }).waitFor()
      expect((await server.post('/api/login/', { username, password: another })).status).toBe(200)
    })

    test('an address by a click, and again: the link is over', async () => {
      const path = await verifyPath()
      const page = await open(path, { javaScriptEnabled: false })
      await page.getByRole('button', { name: 'Yes, confirm it' }).click()
      await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor()
      await page.goto(address + path)
      await page.getByRole('heading', { name: 'This link is no longer valid' }).waitFor()
    })

    test('a form of another site does nothing', async () => {
      const path = await verifyPath()
      const token = path.split('token=')[1] ?? ''
      const page = await (await browser.newContext()).newPage()
      // The same address under another name is another site to the browser.
      const elsewhere = address.replace('127.0.0.1', 'localhost')
      await page.route(`${elsewhere}/evil`, (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<form method="post" action="${address}/account/verify"><input name="token" value="${token}"><button>Win</button></form>`,
        }),
      )
      await page.goto(`${elsewhere}/evil`)
      await page.getByRole('button').click()
      await page.getByRole('heading', { name: 'This form came from elsewhere' }).waitFor()
      await page.goto(address + path)
      await page.getByRole('button', { name: 'Yes, confirm it' }).waitFor()
    })

    test('what is wrong is looked at first, and leads to its field', async () => {
      const page = await open(await resetPath())
      await send(page, { new_password: '1234', new_password_again: '1234' })
      await page.waitForFunction('document.activeElement.getAttribute("role") === "alert"')
      expect(await page.title()).toMatch(/^Error: /)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      expect(await page.evaluate('document.activeElement.id || location.hash')).toMatch(/new_password$/)
      const described = 'document.querySelector("#new_password").getAttribute("aria-describedby")'
      expect(await page.evaluate(described)).toBe('new_password-hint new_password-fault')
    })

    test('no address of a page with a secret goes anywhere', async () => {
      const path = await verifyPath()
      const referrers: (string | undefined)[] = []
      const page = await open('/account/forgot')
      page.on('request', async (request) => referrers.push((await request.allHeaders()).referer))
      await page.goto(address + path)
      await page.getByRole('button').click()
      await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor()
      expect(referrers.filter(Boolean)).toEqual([])
      expect(await page.evaluate('document.referrer')).toBe('')
    })
  },
)
