import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noBrowser } from '../../packages/server/test/browser.ts'
import { faultsOf } from '../../packages/server/test/watched-pages.ts'
import { type ExampleWorld, openExample, password, register } from './react-world.ts'

describe.skipIf(noBrowser !== undefined)(`examples/react-spa${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let world: ExampleWorld
  beforeAll(async () => {
    world = await openExample('react-spa')
  })
  afterAll(() => world?.close())

  const isHome = (page: Page, username: string) =>
    page.getByText(`Hello ${username}, you have accessed a protected route!`).waitFor()
  const isWelcome = (page: Page) => page.getByRole('heading', { name: 'Log in' }).waitFor()
  const logIn = async (page: Page, username: string, secret = password) => {
    await page.getByLabel('Username').fill(username)
    await page.getByLabel('Password').fill(secret)
    await page.getByRole('button', { name: 'Log in' }).click()
  }

  /** A minute later, as far as the client can tell: a pair of a few seconds ago it would not exchange. */
  const reloadLater = async (page: Page) => {
    await page.evaluate(`
      const kept = JSON.parse(localStorage.countersign)
      localStorage.countersign = JSON.stringify({ ...kept, at: kept.at - 60_000 })`)
    await page.reload()
  }

  test('registers, stays logged in after a reload, and its tabs follow each other', async () => {
    const context = await world.person()
    const first = await world.open(context)
    await isWelcome(first)
    const second = await world.open(context)
    await isWelcome(second)
    await first.getByRole('button', { name: 'I am new here' }).click()
    await register(first, 'alice')
    await isHome(first, 'alice')
    await isHome(second, 'alice')
    await second.reload()
    await isHome(second, 'alice')
    await second.getByRole('button', { name: 'Log out', exact: true }).click()
    await isWelcome(second)
    await isWelcome(first)
    await logIn(first, 'alice')
    await isHome(second, 'alice')
    expect(world.problems).toEqual([])
    await context.close()
  })

  test('says what the server says: of a field, of a password, of a name that is taken', async () => {
    const context = await world.person()
    const page = await world.open(context)
    await logIn(page, 'alice', 'not hers')
    await page.getByText('No active account found with the given credentials').waitFor()
    await page.getByRole('button', { name: 'I am new here' }).click()
    await page.getByText('No active account').waitFor({ state: 'detached' })
    await register(page, 'alice')
    await page.getByText('A user with that username already exists.').waitFor()
    expect(await page.getByLabel('Username').getAttribute('aria-invalid')).toBe('true')
    await context.close()
  })

  test('ends another device, which is signed out there, and all of them', async () => {
    const [phone, desk] = await Promise.all([world.person(), world.person()])
    const far = await world.open(phone)
    await far.getByRole('button', { name: 'I am new here' }).click()
    await register(far, 'bob')
    await isHome(far, 'bob')
    const near = await world.open(desk)
    await logIn(near, 'bob')
    await isHome(near, 'bob')
    await near.getByRole('button', { name: 'End' }).click()
    await near.getByRole('button', { name: 'End' }).waitFor({ state: 'detached' })
    await reloadLater(far)
    await isWelcome(far)
    await logIn(far, 'bob')
    await isHome(far, 'bob')
    await near.getByRole('button', { name: 'Log out on all devices' }).click()
    await isWelcome(near)
    await reloadLater(far)
    await isWelcome(far)
    await Promise.all([phone.close(), desk.close()])
  })

  test.each([
    'light',
    'dark',
  ] as const)('%s: axe finds nothing, and nothing is cut off', async (colorScheme) => {
    const context = await world.person({ colorScheme, viewport: { width: 390, height: 844 } })
    const page = await world.open(context)
    await isWelcome(page)
    await logIn(page, 'alice', 'not hers')
    await page.getByText('No active account').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await logIn(page, 'alice')
    await isHome(page, 'alice')
    await page.getByText('This device').waitFor()
    expect(await faultsOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await context.close()
  })
})
