import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { password, stores } from '../../server/test/admin/console.ts'
import { noBrowser, openBrowser } from '../../server/test/browser.ts'
import { faultsOf } from '../../server/test/watched-pages.ts'
import { openWorld, type World } from './open.ts'

const places = [
  '/',
  '/users',
  '/sessions',
  '/audit',
  '/keys',
  '/mail',
  '/webhooks',
  '/import',
  '/settings',
  '/system',
]

let browser: Browser
beforeAll(async () => {
  if (!noBrowser) browser = await openBrowser()
})
afterAll(() => browser?.close())

const row = (page: Page, name: string) => page.locator('tbody tr', { hasText: name }).first()

describe.skipIf(noBrowser !== undefined).each(stores)('the console on %s', (kind) => {
  let world: World
  let owner: { username: string }
  beforeAll(async () => {
    world = await openWorld(kind, browser)
    owner = await world.person('owner')
  })
  afterAll(() => world?.close())
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    expect(world.problems.splice(0)).toEqual([])
  })

  test('a wrong password is told and nobody is let in; a right one opens every screen', async () => {
    const page = await world.open('/')
    await page.getByLabel('Username').fill(owner.username)
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    for (const name of [
      'Users',
      'Sessions',
      'Audit',
      'Keys',
      'Mail',
      'Webhooks',
      'Import',
      'Settings',
      'System',
      'Home',
    ]) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByRole('heading', { name, level: 1, exact: true }).waitFor()
    }
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor()
  })

  test('a user is found by search, disabled, and activated again by undo', async () => {
    const somebody = await world.person()
    const page = await world.openAs(owner.username, '/users')
    await page.getByRole('searchbox').fill(somebody.username)
    await page.waitForURL(/search=/)
    await row(page, somebody.username).click()
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    expect((await world.deployment.store.findUserById(somebody.id))?.is_active).toBe(0)
    await page.getByRole('button', { name: 'Close' }).first().click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => (await world.deployment.store.findUserById(somebody.id))?.is_active).toBe(1)
  })

  test('a user is deleted only after his name was typed', async () => {
    const somebody = await world.person()
    const page = await world.openAs(owner.username, `/users?user=${somebody.id}`)
    await page.getByRole('button', { name: 'Delete' }).click()
    const confirm = page.getByRole('dialog', { name: `Delete: ${somebody.username}` })
    await expect.poll(() => confirm.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true)
    await confirm.getByRole('textbox').fill(somebody.username)
    await confirm.getByRole('button', { name: 'Delete' }).click()
    await expect.poll(() => world.deployment.store.findUserById(somebody.id)).toBeUndefined()
  })

  test('what somebody else changed meanwhile is not written over', async () => {
    const somebody = await world.person()
    const page = await world.openAs(owner.username, `/users?user=${somebody.id}`)
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('dialog').getByLabel('E-mail', { exact: true }).fill('mine@example.com')
    const set = { email: 'theirs@example.com', email_canonical: 'theirs@example.com' }
    await world.deployment.store.updateUser({ userId: somebody.id, set })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Somebody else has changed it meanwhile.').waitFor()
    expect((await world.deployment.store.findUserById(somebody.id))?.email).toBe('theirs@example.com')
  })

  test('many users are signed out at once', async () => {
    const [one, two] = [await world.person(), await world.person()]
    for (const { username } of [one, two]) await world.session(username, password)
    const page = await world.openAs(owner.username, '/users')
    for (const { username } of [one, two])
      await page.getByRole('checkbox', { name: `Choose ${username}`, exact: true }).check()
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
    for (const { id } of [one, two])
      await expect
        .poll(async () => (await world.deployment.store.listSessionsOfUser(id, world.clock())).length)
        .toBe(0)
  })

  test('a session is revoked, and its access token is refused at once', async () => {
    const somebody = await world.person()
    const { access } = await world.session(somebody.username, password)
    const page = await world.openAs(owner.username, `/sessions?search=${somebody.username}`)
    await row(page, somebody.username).getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await expect
      .poll(async () => (await world.get('/api/protected/', { authorization: `Bearer ${access}` })).status)
      .toBe(401)
  })

  test('a refusal is explained, and the chain verified', async () => {
    const somebody = await world.person()
    const refused = await world.post('/api/login/', { username: somebody.username, password: 'wrong' })
    const page = await world.openAs(owner.username, `/audit?request=${refused.headers['x-request-id']}`)
    await row(page, 'auth.login.failed').click()
    await page.getByRole('button', { name: 'Explain this request' }).click()
    await page.getByText('What the client was told').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Verify the chain' }).click()
    await page.getByText(/^Whole: \d+ events/).waitFor()
  })

  test('the signing key is rotated', async () => {
    const before = world.deployment.keyRing.rows().find(({ state }) => state === 'current')?.kid
    const page = await world.openAs(owner.username, '/keys')
    await page.getByRole('button', { name: 'Rotate now' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate now' }).click()
    await page.getByText('The next key signs now.').waitFor()
    await world.deployment.keyRing.reload()
    expect(world.deployment.keyRing.rows().find(({ state }) => state === 'current')?.kid).not.toBe(before)
  })

  test('mail: a letter is looked at in both forms', async () => {
    const page = await world.openAs(owner.username, '/mail')
    await page.getByRole('button', { name: 'Templates' }).click()
    await page.getByRole('dialog').locator('pre').waitFor()
    await page.getByRole('button', { name: 'As HTML' }).click()
    await page.frameLocator('iframe').locator('body').waitFor()
  })

  test('an auditor sees all and can change nothing', async () => {
    const auditor = await world.person('auditor')
    const somebody = await world.person()
    const page = await world.openAs(auditor.username, `/users?user=${somebody.id}`)
    await page.getByRole('tab', { name: 'History' }).waitFor()
    for (const name of ['Edit', 'Disable', 'Delete', 'Unlock'])
      expect(await page.getByRole('button', { name, exact: true }).count(), name).toBe(0)
  })

  test('whoever has no role is not let in', async () => {
    const somebody = await world.person()
    const page = await world.open('/')
    await page.getByLabel('Username').fill(somebody.username)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('navigation').count()).toBe(0)
  })

  test('a network that fails is told, and found again', async () => {
    const page = await world.openAs(owner.username, '/system')
    await page.getByText('database').first().waitFor()
    await page.context().route('**/api/admin/**', (route) => route.abort())
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByRole('alert').getByText('The server does not answer.').waitFor()
    await page.context().unroute('**/api/admin/**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await row(page, 'signs').waitFor()
  })

  test('by keyboard: / searches, arrows move, Enter opens, Esc closes', async () => {
    const page = await world.openAs(owner.username, '/users')
    await row(page, owner.username).waitFor()
    await page.keyboard.press('/')
    expect(await page.locator('input[type=search]:focus').count()).toBe(1)
    await page.locator('tbody tr').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })
})

describe.skipIf(noBrowser !== undefined)('WCAG 2.2 AA', () => {
  let world: World
  let owner: { username: string; id: string }
  beforeAll(async () => {
    world = await openWorld('SQLite', browser)
    owner = await world.person('owner')
    const somebody = await world.person()
    await world.session(somebody.username, password)
    await world.post('/api/password/reset/', { email: somebody.email })
  })
  afterAll(() => world?.close())
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    expect(world.problems.splice(0)).toEqual([])
  })

  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    [1280, 390].map((width) => ({ colorScheme, width })),
  )

  test.each(looks)('every screen, $colorScheme, $width px wide', async ({ colorScheme, width }) => {
    const page = await world.openAs(owner.username, '/', { colorScheme, viewport: { width, height: 844 } })
    for (const place of [...places, `/users?user=${owner.id}`, '/users?search=nobody-has-this']) {
      await page.goto(`${world.address}/admin${place}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count()).toBe(0)
      expect(await faultsOf(page), place).toEqual([])
      const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await page.evaluate(wider), `${place} does not scroll sideways`).toBe(0)
    }
  })

  test.each(looks)('the way in, $colorScheme, $width px wide', async ({ colorScheme, width }) => {
    for (const path of ['/', '/#first=abc']) {
      const page = await world.open(path, { colorScheme, viewport: { width, height: 844 } })
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await faultsOf(page), path).toEqual([])
    }
  })
})
