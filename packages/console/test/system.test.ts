import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { stores } from '../../server/test/admin/console.ts'
import { noBrowser, openBrowser } from '../../server/test/browser.ts'
import { faultsOf } from '../../server/test/watched-pages.ts'
import { openWorld, type World } from './open.ts'

let browser: Browser
beforeAll(async () => {
  if (!noBrowser) browser = await openBrowser()
})
afterAll(() => browser?.close())

describe.skipIf(noBrowser !== undefined).each(stores)('system and settings on %s', (kind) => {
  let world: World
  let owner: { username: string; id: string }
  beforeAll(async () => {
    world = await openWorld(kind, browser)
    owner = await world.person('owner')
  })
  afterAll(() => world?.close())
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    expect(world.problems.splice(0)).toEqual([])
  })

  test('what runs, and an examination that is run again finds what has changed', async () => {
    const page = await world.openAs(owner.username, '/system')
    const examination = page.locator('section', { has: page.getByRole('heading', { name: 'Examination' }) })
    await examination.getByText('mail stays in the outbox').waitFor()
    await examination.getByText('To mend it: set SMTP_URL and MAIL_FROM').waitFor()
    await page.getByText(kind === 'SQLite' ? 'SQLite, embedded' : /^PostgreSQL \d[\d.]*$/).waitFor()
    await page.getByText('0005-console').waitFor()
    const { store } = world.deployment
    const before = store.health
    store.health = async () => ({ pendingMigrations: ['0999-later'], isWritable: true })
    try {
      await examination.getByRole('button', { name: 'Run again' }).click()
      await examination.getByText('To mend it: countersign migrate').waitFor()
      // What should be mended stands first.
      expect(await examination.getByRole('listitem').first().textContent()).toContain('Problem')
    } finally {
      store.health = before
    }
    expect(await faultsOf(page)).toEqual([])
  })

  test('a deep link is the same place after a reload', async () => {
    const page = await world.openAs(owner.username, '/')
    for (const [place, title] of [
      [`/users?user=${owner.id}`, 'Users'],
      ['/settings?search=argon2', 'Settings'],
      ['/system', 'System'],
    ] as const) {
      await page.goto(`${world.address}/admin${place}`)
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.reload()
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      expect(page.url()).toBe(`${world.address}/admin${place}`)
    }
  })

  test('whoever may not see the examination is not asked to run it', async () => {
    const support = await world.person('support')
    const page = await world.openAs(support.username, '/system')
    await page.getByRole('heading', { name: 'Health' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Examination' }).count()).toBe(0)
  })

  test('an examination that fails is told, and run again', async () => {
    const page = await world.open('/')
    await page.context().route('**/api/admin/system/doctor/', (route) => route.abort())
    await page.getByLabel('Username').fill(owner.username)
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'System' }).click()
    await page.getByRole('alert').getByText('The server does not answer.').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.context().unroute('**/api/admin/system/doctor/')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('mail stays in the outbox').waitFor()
  })

  test('settings: what is set here, where it comes from, and who is connected', async () => {
    const page = await world.openAs(owner.username, '/settings')
    await page.getByText('No proxy in between.').waitFor()
    await page.getByLabel('Only what is set here').check()
    await page.waitForURL(/set=here/)
    const rows = page.locator('tbody tr')
    await expect.poll(() => rows.filter({ hasText: 'COUNTERSIGN_ACCESS_TTL' }).count()).toBe(0)
    const set = rows.filter({ hasText: 'COUNTERSIGN_ARGON2_TIME' })
    expect(await set.textContent()).toMatch(/default: 2.*Environment/)
    expect(await rows.filter({ hasText: 'COUNTERSIGN_SECRET' }).textContent()).toContain('set, not shown')
    await page.context().setExtraHTTPHeaders({ 'x-forwarded-for': '203.0.113.9' })
    await page.reload()
    await page.getByText('proxy not believed').waitFor()
    expect(await faultsOf(page)).toEqual([])
  })
})
