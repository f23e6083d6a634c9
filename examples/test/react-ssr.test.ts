import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noBrowser } from '../../packages/server/test/browser.ts'
import { faultsOf } from '../../packages/server/test/watched-pages.ts'
import { type ExampleWorld, openExample, password, register } from './react-world.ts'

describe.skipIf(noBrowser !== undefined)(`examples/react-ssr${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let world: ExampleWorld
  beforeAll(async () => {
    world = await openExample('react-ssr')
  })
  afterAll(() => world?.close())

  const isAccount = (page: Page, username: string) =>
    page.getByText(`Hello ${username}, you have accessed a protected route!`).waitFor()
  const logIn = async (page: Page, username: string, secret = password) => {
    await page.getByLabel('Username').fill(username)
    await page.getByLabel('Password').fill(secret)
    await page.getByRole('button', { name: 'Log in' }).click()
  }
  /** What the browser keeps, and cannot read. */
  const kept = async (context: BrowserContext) => {
    const cookie = (await context.cookies()).find(({ name }) => name === 'countersign')
    return { cookie, session: JSON.parse(decodeURIComponent(cookie?.value ?? '{}')) }
  }

  /** The access token has expired, as far as the cookie tells. */
  const age = async (context: BrowserContext) => {
    const { session } = await kept(context)
    const old = { ...session, access: 'x', at: session.at - 3_600_000 }
    const value = encodeURIComponent(JSON.stringify(old))
    await context.addCookies([{ name: 'countersign', value, url: world.address, httpOnly: true }])
    return { session }
  }

  test('registers, shows the protected page, logs out: without any script', async () => {
    const context = await world.person({ javaScriptEnabled: false })
    const page = await world.open(context, '/account')
    expect(page.url()).toBe(`${world.address}/login`)
    await page.getByRole('link', { name: 'I am new here' }).click()
    await register(page, 'alice')
    await isAccount(page, 'alice')
    const { cookie } = await kept(context)
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
    await page.getByRole('link', { name: 'Start' }).click()
    await page.getByRole('heading', { name: 'Welcome back, alice' }).waitFor()
    await page.goto(`${world.address}/account`)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('link', { name: 'Log in' }).waitFor()
    await page.goto(`${world.address}/account`)
    expect(page.url()).toBe(`${world.address}/login`)
    await context.close()
  })

  test('says what the server says, and keeps what was typed', async () => {
    const context = await world.person()
    const page = await world.open(context, '/login')
    await logIn(page, 'alice', 'not hers')
    await page.getByText('No active account found with the given credentials').waitFor()
    expect(await page.getByLabel('Username').inputValue()).toBe('alice')
    expect(await page.getByLabel('Password').inputValue()).toBe('')
    await page.goto(`${world.address}/register`)
    await register(page, 'alice')
    await page.getByText('A user with that username already exists.').waitFor()
    await context.close()
  })

  test('refreshes an access token that has expired, and sets the cookie anew', async () => {
    const context = await world.person()
    const page = await world.open(context, '/login')
    await logIn(page, 'alice')
    await isAccount(page, 'alice')
    const { session } = await age(context)
    await page.reload()
    await isAccount(page, 'alice')
    const after = await kept(context)
    expect(after.session.generation).toBe(session.generation + 1)
    expect(after.session.refresh).not.toBe(session.refresh)
    expect(after.cookie?.httpOnly).toBe(true)
    await context.close()
  })

  test('logs out a session that was ended elsewhere', async () => {
    const context = await world.person()
    const page = await world.open(context, '/login')
    await logIn(page, 'alice')
    await isAccount(page, 'alice')
    const { session } = await kept(context)
    await fetch(`${world.auth}/api/logout/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refresh: session.refresh }),
    })
    await expect
      .poll(async () => (await page.goto(`${world.address}/`)) && page.getByText('Welcome back').count(), {
        timeout: 20_000,
      })
      .toBe(0)
    expect((await kept(context)).session.refresh).toBeUndefined()
    await context.close()
  })

  test('refuses a form of another site', async () => {
    const send = (origin: Record<string, string>) =>
      fetch(`${world.address}/login`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...origin },
        body: new URLSearchParams({ username: 'alice', password }).toString(),
      })
    const answers = [
      await send({ origin: 'https://evil.test' }),
      await send({}),
      await send({ origin: world.address }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 303])
  })

  test.each([
    'light',
    'dark',
  ] as const)('%s: axe finds nothing, and nothing is cut off', async (colorScheme) => {
    const context = await world.person({ colorScheme, viewport: { width: 390, height: 844 } })
    const page = await world.open(context)
    expect(await faultsOf(page)).toEqual([])
    await page.goto(`${world.address}/login`)
    await logIn(page, 'alice', 'not hers')
    await page.getByText('No active account').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await logIn(page, 'alice')
    await isAccount(page, 'alice')
    expect(await faultsOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(world.problems).toEqual([])
    await context.close()
  })

  test('while Countersign is away nobody is logged out', async () => {
    const context = await world.person()
    const page = await world.open(context, '/login')
    await logIn(page, 'alice')
    await isAccount(page, 'alice')
    await world.server.stop()
    await page.reload()
    await page.getByText('Countersign does not answer at the moment.').waitFor()
    const { session } = await age(context)
    const answer = await page.reload()
    expect(answer?.status()).toBe(503)
    await page.getByText('Whoever was logged in still is').waitFor()
    expect((await kept(context)).session.refresh).toBe(session.refresh)
    await context.close()
  })
})
