import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { password, stores } from '../../server/test/admin/console.ts'
import { noBrowser, openBrowser } from '../../server/test/browser.ts'
import { faultsOf } from '../../server/test/watched-pages.ts'
import { openWorld, type World } from './open.ts'

let browser: Browser
beforeAll(async () => {
  if (!noBrowser) browser = await openBrowser()
})
afterAll(() => browser?.close())

const namesIn = (page: Page) => page.locator('tbody tr td:nth-child(2)').allInnerTexts()
const row = (page: Page, name: string) => page.locator('tbody tr', { hasText: name }).first()
const header = (page: Page, name: string) => page.locator('thead').getByRole('button', { name })
const param = (page: Page, name: string) => new URL(page.url()).searchParams.get(name)
const focused = (page: Page) => page.locator('tbody tr:focus')

describe.skipIf(noBrowser !== undefined).each(stores)('lists of users on %s', (kind) => {
  let world: World
  let owner: { username: string }
  let crowd: string[]

  /** Names that are together, and nobody else's. */
  async function addUsers(prefix: string, count: number): Promise<string[]> {
    const names = Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(3, '0')}`)
    for (const [index, username] of names.entries())
      await world.deployment.store.createUser({
        ...{ id: crypto.randomUUID(), username, username_canonical: username, password_hash: '!' },
        ...{ email: `${username}@example.com`, email_canonical: `${username}@example.com` },
        ...{ is_active: 1, is_staff: 0, is_superuser: 0, created_at: world.clock() - index - 1 },
      })
    return names
  }

  beforeAll(async () => {
    world = await openWorld(kind, browser)
    owner = await world.person('owner')
    crowd = await addUsers('crowd', 60)
  })
  afterAll(() => world?.close())
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    expect(world.problems.splice(0)).toEqual([])
  })

  test('are sorted by name, address and day, up and down, and the address has it', async () => {
    const page = await world.openAs(owner.username, '/users?sort=username')
    await row(page, 'crowd000').waitFor()
    expect((await namesIn(page))[0]).toBe('crowd000')
    for (const [title, first, sort] of [
      ['Username', owner.username, '-username'],
      ['E-mail', 'crowd000', 'email'],
      ['E-mail', owner.username, '-email'],
      ['Joined', owner.username, '-created'],
      ['Joined', 'crowd059', 'created'],
    ] as const) {
      await header(page, title).click()
      await expect.poll(() => param(page, 'sort')).toBe(sort)
      await expect.poll(async () => (await namesIn(page))[0], { message: sort }).toBe(first)
    }
    expect(await header(page, 'Last login').count()).toBe(0)
  })

  test('columns are chosen, sent along, and kept in this browser', async () => {
    const page = await world.openAs(owner.username, '/users')
    await row(page, owner.username).waitFor()
    await page.getByRole('button', { name: 'Columns' }).click()
    for (const name of ['ID', 'E-mail'])
      await page.getByRole('dialog').getByLabel(name, { exact: true }).click()
    await page.keyboard.press('Escape')
    const titles = () => page.locator('thead th').allInnerTexts()
    expect((await titles()).map((title) => title.trim())).toEqual(
      expect.arrayContaining(['Username', 'ID', 'State']),
    )
    expect(await titles()).not.toContain('E-mail')
    expect(param(page, 'columns')).toBe('state,created,last_login,id')
    await page.goto(`${world.address}/admin/users`)
    await expect.poll(titles).toContain('ID')
    await page.goto(`${world.address}/admin/users?columns=role`)
    await expect
      .poll(async () => (await titles()).map((title) => title.trim()).filter(Boolean))
      .toEqual(['Username', 'Role'])
  })

  test('a view is saved under a name, comes back as it was, and is forgotten', async () => {
    const page = await world.openAs(owner.username, '/users?search=crowd01&active=true&columns=role')
    await row(page, 'crowd010').waitFor()
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByLabel('Name of this view').fill('The tens')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.goto(`${world.address}/admin/users`)
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('button', { name: 'The tens', exact: true }).click()
    await expect.poll(() => param(page, 'search')).toBe('crowd01')
    expect([param(page, 'active'), param(page, 'columns')]).toEqual(['true', 'role'])
    await expect.poll(() => namesIn(page)).toEqual(crowd.slice(10, 20))
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('button', { name: 'Forget The tens' }).click()
    await page.getByText('No view is saved').waitFor()
  })

  test('all that match are chosen and acted upon, not only those that are shown', async () => {
    const many = await addUsers('many', 55)
    const page = await world.openAs(owner.username, '/users?search=many')
    await row(page, 'many000').waitFor()
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check()
    await page.getByText('50 chosen').waitFor()
    await page.getByRole('button', { name: 'Choose all that match' }).click()
    await page.getByText('55 chosen').waitFor()
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByText('55 disabled.').waitFor()
    const states = async () =>
      (await Promise.all(many.map((name) => world.deployment.store.findUserByName(name)))).map(
        (user) => user?.is_active,
      )
    expect(new Set(await states())).toEqual(new Set([0]))
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => new Set(await states())).toEqual(new Set([1]))
  })

  test('what ends half-way says how far it came', async () => {
    const half = await addUsers('half', 55)
    const page = await world.openAs(owner.username, '/users?search=half')
    await row(page, 'half000').waitFor()
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check()
    await page.getByRole('button', { name: 'Choose all that match' }).click()
    await page.getByText('55 chosen').waitFor()
    let asked = 0
    await page.context().route('**/bulk/', (route) => {
      asked += 1
      return asked > 1 ? route.abort() : route.continue()
    })
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByText('50 of 55 disabled').waitFor()
    await page.getByText('The server does not answer.').waitFor()
    expect((await world.deployment.store.findUserByName(half[54] ?? ''))?.is_active).toBe(1)
  })

  test('whoever is chosen is not chosen in another list', async () => {
    const page = await world.openAs(owner.username, '/users?search=crowd00')
    await page.getByRole('checkbox', { name: 'Choose crowd001', exact: true }).check()
    await page.getByText('1 chosen').waitFor()
    await page.getByLabel('State', { exact: true }).selectOption('Disabled')
    await page.getByText('1 chosen').waitFor({ state: 'detached' })
  })

  test('the chosen, and all that the filters leave, are exported', async () => {
    const page = await world.openAs(owner.username, '/users?search=crowd00')
    for (const name of ['crowd003', 'crowd001'])
      await page.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).check()
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const download = async () => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download' }).click(),
      ])
      return readFile(await file.path(), 'utf8')
    }
    const some = (await download()).trim().split('\r\n')
    expect(some.map((line) => line.split(',')[1])).toEqual(['username', 'crowd003', 'crowd001'])
    await page.getByLabel('Whom', { exact: true }).selectOption('list')
    await page.getByLabel('As', { exact: true }).selectOption('ndjson')
    const all = (await download()).trim().split('\n')
    expect(all.map((line) => (JSON.parse(line) as { username: string }).username)).toEqual(crowd.slice(0, 10))
  })
})

describe.skipIf(noBrowser !== undefined)('lists by keyboard and history', () => {
  let world: World
  let owner: { username: string }
  beforeAll(async () => {
    world = await openWorld('SQLite', browser)
    owner = await world.person('owner')
    for (let index = 0; index < 4; index += 1) await world.person()
  })
  afterAll(() => world?.close())
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    expect(world.problems.splice(0)).toEqual([])
  })

  test('everything of a list is done without a mouse', async () => {
    const page = await world.openAs(owner.username, '/users?sort=username')
    await row(page, 'person5').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.press('ArrowDown')
    for (const [key, name] of [
      ['ArrowDown', 'person2'],
      ['End', 'person5'],
      ['ArrowUp', 'person4'],
      ['Home', 'person1'],
      ['ArrowUp', 'person1'],
    ] as const) {
      await page.keyboard.press(key)
      expect(await focused(page).innerText(), key).toContain(name)
    }
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await page.getByText('1 chosen').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('1 chosen').waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'person2' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused(page).innerText()).toContain('person2')
    await page.keyboard.press('/')
    await page.keyboard.type('person3')
    await page.waitForURL(/search=person3/)
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => !url.search.includes('search'))
  })

  test('what goes while it has the focus hands it on', async () => {
    for (const name of ['gone1', 'gone2', 'gone3', 'gone4'])
      await world.post('/api/register/', { username: name, password, email: `${name}@example.com` })
    const page = await world.openAs(owner.username, '/users?search=gone&sort=username')
    const active = async () => (await page.locator('body :focus').allTextContents()).join() || 'lost'
    const remove = async (typed: string) => {
      await page.getByRole('button', { name: 'Delete', exact: true }).click()
      await page.getByRole('dialog').last().getByRole('textbox').fill(typed)
      await page.keyboard.press('Enter')
    }
    await row(page, 'gone2').click()
    // Undo was pressed in what tells of it: the button that was pressed before has the focus again.
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(active).toBe('Disable')
    await remove('gone2')
    await expect.poll(active).toContain('gone3@')
    await page.getByRole('checkbox', { name: 'Choose gone1', exact: true }).check()
    await page.getByRole('button', { name: 'Choose none' }).click()
    await expect.poll(active).toContain('gone')
    for (const name of ['gone1', 'gone3', 'gone4'])
      await page.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).check()
    await remove('3')
    await page.getByText('Nothing matches').waitFor()
    await expect.poll(active).toBe('Users')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await row(page, 'person1').waitFor()
    await expect.poll(active).not.toBe('lost')
  })

  test('what is typed while the list answers is not undone', async () => {
    const page = await world.openAs(owner.username, '/users')
    await row(page, 'person1').waitFor()
    // A letter in the very moment in which the address takes the first ones.
    await page.evaluate(`{
      const push = history.pushState.bind(history)
      history.pushState = (...entry) => {
        push(...entry)
        const input = document.querySelector('input[type=search]')
        input.value += '2'
        input.dispatchEvent(new Event('input', { bubbles: true }))
      }
    }`)
    await page.getByRole('searchbox').fill('person')
    await page.waitForURL(/search=person2$/)
    expect(await page.getByRole('searchbox').inputValue()).toBe('person2')
  })

  test('? tells the keys, but not to whoever types', async () => {
    const page = await world.openAs(owner.username, '/users')
    await row(page, owner.username).waitFor()
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Keyboard' })
    await sheet.getByText('Go from row to row').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('?')
    await page.waitForURL(/search=/)
    expect(await sheet.count()).toBe(0)
  })

  test('back and forward bring the list and what was open in it', async () => {
    const page = await world.openAs(owner.username, '/users')
    await row(page, 'person1').waitFor()
    await page.getByRole('searchbox').pressSequentially('per', { delay: 20 })
    await page.waitForURL(/search=per$/)
    await page.getByRole('searchbox').pressSequentially('son2', { delay: 20 })
    await page.waitForURL(/search=person2$/)
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
    await row(page, 'person2').click()
    const drawer = page.getByRole('dialog', { name: 'person2' })
    await drawer.waitFor()
    await page.goBack()
    await drawer.waitFor({ state: 'detached' })
    expect(await page.getByRole('searchbox').inputValue()).toBe('person2')
    await page.goBack()
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(5)
    await page.goForward()
    await page.goForward()
    await drawer.waitFor()
  })

  test('the trail is filtered by result and day, and an event opens by its address', async () => {
    await world.post('/api/login/', { username: 'person2', password: 'wrong' })
    await world.post('/api/login/', { username: 'person2', password })
    const page = await world.openAs(owner.username, '/audit')
    await row(page, 'auth.login.failed').waitFor()
    await page.getByLabel('Result').selectOption('ok')
    await expect.poll(() => row(page, 'auth.login.failed').count()).toBe(0)
    await page.getByLabel('Result').selectOption('refused')
    await row(page, 'auth.login.failed').click()
    const drawer = page.getByRole('dialog', { name: 'auth.login.failed' })
    await drawer.getByText('chain').waitFor()
    const place = page.url()
    await page.goBack()
    await drawer.waitFor({ state: 'detached' })
    await page.goto(place)
    await drawer.waitFor()
    await page.keyboard.press('Escape')
    await page.getByLabel('Until').fill('2020-01-01')
    await page.getByText('Nothing matches').waitFor()
    expect(await faultsOf(page)).toEqual([])
  })

  test('a page without a row is not the end: the list goes on, and asks after ten', async () => {
    const page = await world.openAs(owner.username, '/users')
    await row(page, 'person1').waitFor()
    let asked = 0
    await page.context().route('**/api/admin/users/?*', async (route) => {
      asked += 1
      const next = asked < 12 ? `place${asked}` : null
      if (next) return route.fulfill({ json: { items: [], next } })
      const address = new URL(route.request().url())
      address.searchParams.delete('cursor')
      return route.fulfill({ response: await route.fetch({ url: address.href }) })
    })
    await page.getByLabel('State', { exact: true }).selectOption('true')
    await page.getByText('Nothing in what was looked through so far').waitFor()
    expect(asked).toBe(10)
    await page.getByRole('button', { name: 'Look further' }).click()
    await row(page, 'person1').waitFor()
    expect(asked).toBe(12)
  })

  test.each([
    'light',
    'dark',
  ] as const)('what opens from the list is clean for WCAG, %s', async (colorScheme) => {
    const page = await world.openAs(owner.username, '/users', {
      colorScheme,
      viewport: { width: 390, height: 844 },
    })
    await page.getByRole('checkbox', { name: 'Choose person2', exact: true }).check()
    expect(await faultsOf(page)).toEqual([])
    for (const name of ['Views', 'Columns', 'Export']) {
      await page.getByRole('button', { name, exact: true }).click()
      await page.getByRole('dialog').waitFor()
      expect(await faultsOf(page), name).toEqual([])
      await page.keyboard.press('Escape')
    }
  })
})
