import { truncateSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { password, stores } from '../../server/test/admin/console.ts'
import { noBrowser, openBrowser } from '../../server/test/browser.ts'
import { temporaryFolder } from '../../server/test/harness.ts'
import { faultsOf } from '../../server/test/watched-pages.ts'
import { csvText } from '../src/screens/import/csv.ts'
import { guessFormat, isSealed } from '../src/screens/import/guess.ts'
import { openWorld, type World } from './open.ts'

let browser: Browser
beforeAll(async () => {
  if (!noBrowser) browser = await openBrowser()
})
afterAll(() => browser?.close())

const hash = `pbkdf2_sha256$260000$salt$${'A'.repeat(43)}=`

/** Three users, the last of whom has the name of the first. */
function fileOf(prefix: string, name = 'users.ndjson') {
  const rows = [
    { id: `${prefix}1`, username: `${prefix}-ann`, password_hash: hash, is_superuser: true },
    { id: `${prefix}2`, username: `${prefix}-ben` },
    { id: `${prefix}3`, username: `${prefix}-ANN` },
  ]
  return { name, mimeType: '', buffer: Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')) }
}

const tile = (page: Page, name: string) => page.locator('dl div', { hasText: name }).locator('dd').innerText()
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

describe.skipIf(noBrowser !== undefined).each(stores)('the import screen on %s', (kind) => {
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
  const open = () => world.openAs(owner.username, '/import')

  test('a file is looked at, told of, and imported once its number was typed and the password shown', async () => {
    const page = await open()
    await page.locator('input[type=file]').setInputFiles(fileOf('a'))
    await button(page, 'See what would happen').click()
    await page.getByRole('heading', { name: 'What would happen' }).waitFor()
    expect(await tile(page, 'Would be created')).toBe('2')
    expect(await tile(page, 'Refused')).toBe('1')
    await page.getByText('1 user with the flag of a superuser. Nobody gets a role').waitFor()
    await page.getByRole('row', { name: 'the name is that of user a1' }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Download CSV').click(),
    ])
    expect(await readFile(await download.path(), 'utf8')).toBe(
      'row,username,reason,detail\r\n3,a-ANN,taken,the name is that of user a1\r\n',
    )
    expect(await world.deployment.store.findUserById('a1')).toBeUndefined()
    await page.context().clearCookies({ name: 'countersign-console-proof' })
    await button(page, 'Import 2 users').click()
    const confirm = page.getByRole('dialog', { name: 'Import 2 users?' })
    await expect.poll(() => confirm.getByRole('button', { name: 'Import 2 users' }).isDisabled()).toBe(true)
    await confirm.getByRole('textbox').fill('2')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'What happened' }).waitFor()
    expect(await tile(page, 'Created')).toBe('2')
    expect(await world.deployment.store.findUserById('a1')).toMatchObject({ admin_role: null })
    await page.getByRole('link', { name: 'a-ben' }).click()
    await page.getByRole('dialog', { name: 'a-ben' }).waitFor()
  })

  test('a network that fails in the middle is told with what it means, and the same file goes on', async () => {
    const page = await open()
    await page.locator('input[type=file]').setInputFiles(fileOf('b'))
    await button(page, 'See what would happen').click()
    const earnest = async () => {
      await button(page, 'Import 2 users').click()
      await page.getByRole('dialog').getByRole('textbox').fill('2')
      await page.keyboard.press('Enter')
    }
    await page.context().route('**/imports/**', (route) => route.abort())
    await earnest()
    await page.getByRole('alert').getByText('What was written stays').waitFor()
    await page.context().unroute('**/imports/**')
    await earnest()
    await page.getByRole('heading', { name: 'What happened' }).waitFor()
    expect(await tile(page, 'Created')).toBe('2')
  })
})

describe.skipIf(noBrowser !== undefined)('the import screen', () => {
  let world: World
  let owner: { username: string }
  beforeAll(async () => {
    world = await openWorld('SQLite', browser)
    owner = await world.person('owner')
  })
  afterAll(() => world?.close())
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    expect(world.problems.splice(0)).toEqual([])
  })

  test('is not there for whoever may not import', async () => {
    const page = await world.openAs((await world.person('admin')).username, '/import')
    await page.getByText('Your role does not allow this.').waitFor()
    expect(await page.getByRole('link', { name: 'Import' }).count()).toBe(0)
  })

  test('tells of what it cannot take, and why a file is not what it was said to be', async () => {
    const page = await world.openAs(owner.username, '/import')
    const input = page.locator('input[type=file]')
    const sealed = Buffer.from('countersign-sealed/1 {"to":"passphrase"}\n')
    await input.setInputFiles({ name: 'sealed', mimeType: '', buffer: sealed })
    await page.getByRole('alert').getByText('This file is sealed.').waitFor()
    const large = join(temporaryFolder(), 'large')
    writeFileSync(large, '')
    truncateSync(large, 33_554_433)
    await input.setInputFiles(large)
    await page.getByRole('alert').getByText('larger than 32 MiB').waitFor()
    await input.setInputFiles({
      name: 'export.json',
      mimeType: '',
      buffer: Buffer.from('{"users":1,"realm":"a"}'),
    })
    expect(await page.getByLabel('Format').inputValue()).toBe('keycloak')
    await button(page, 'See what would happen').click()
    await page.getByRole('alert').getByText('It is no JSON with a list of users.').waitFor()
    await page.getByLabel('Format').selectOption('countersign')
    await page.getByRole('alert').waitFor({ state: 'detached' })
    await button(page, 'See what would happen').click()
    await page.getByText('Nothing in this file would change anything.').waitFor()
  })

  test('can be stopped; what it shows belongs to the wishes that were sent', async () => {
    const page = await world.openAs(owner.username, '/import')
    await page.locator('input[type=file]').setInputFiles(fileOf('c'))
    await page.context().route('**/imports/**', () => undefined)
    await button(page, 'See what would happen').click()
    await page.getByText('Looking at the file').waitFor()
    await button(page, 'Stop').click()
    await page.getByText('Looking at the file').waitFor({ state: 'detached' })
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.context().unroute('**/imports/**')
    await button(page, 'See what would happen').click()
    await page.getByRole('heading', { name: 'What would happen' }).waitFor()
    await page.getByLabel('Update users who are there already to what the file says').check()
    await page.getByRole('heading', { name: 'What would happen' }).waitFor({ state: 'detached' })
    expect(await button(page, 'Import 2 users').count()).toBe(0)
  })

  test('a file can be dropped', async () => {
    const page = await world.openAs(owner.username, '/import')
    const drop = `(() => {
      const data = new DataTransfer()
      data.items.add(new File(['{"id":"1","username":"a"}'], 'dropped.ndjson'))
      document.querySelector('input[type=file]').closest('label')
        .dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    })()`
    await page.getByText('Choose a file').waitFor()
    await page.evaluate(drop)
    await page.getByRole('heading', { name: 'dropped.ndjson' }).waitFor()
  })

  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    [1280, 390].map((width) => ({ colorScheme, width })),
  )
  test.each(looks)('WCAG 2.2 AA: every step, $colorScheme, $width px wide', async ({
    colorScheme,
    width,
  }) => {
    const viewport = { width, height: 844 }
    const page = await world.openAs(owner.username, '/import', { colorScheme, viewport })
    const prefix = `${colorScheme}${width}`
    const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    const look = async (step: string) => {
      expect(await faultsOf(page), step).toEqual([])
      expect(await page.evaluate(wider), `${step} does not scroll sideways`).toBe(0)
    }
    await page.locator('input[type=file]').setInputFiles(fileOf(prefix, 'firebase-users.ndjson'))
    await page.getByLabel('Hash parameters of the project').waitFor()
    await look('chosen')
    await button(page, 'See what would happen').click()
    await page.getByRole('alert').waitFor()
    await look('a fault')
    await page.getByLabel('Format').selectOption('countersign')
    await button(page, 'See what would happen').click()
    await button(page, 'Import 2 users').waitFor()
    await look('what would happen')
    await button(page, 'Import 2 users').click()
    await look('asked')
    await page.getByRole('dialog').getByRole('textbox').fill('2')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'What happened' }).waitFor()
    await look('what happened')
  })
})

test.each([
  ['{"id":"7","username":"alice","email_verified":true}', 'users.ndjson', 'countersign'],
  ['{"realm":"a","users":[{"id":"1","credentials":[]}]}', 'a.json', 'keycloak'],
  ['{"users":[{"localId":"1"}]}', 'a.json', 'firebase'],
  ['instance_id,id,email,encrypted_password,email_confirmed_at', 'a.csv', 'supabase'],
  ['{"_id":{"$oid":"1"},"email":"a@b.c"}', 'a.json', 'auth0'],
  ['{"user_id":"auth0|1","email":"a@b.c"}', 'a.json', 'auth0'],
  ['id,email,encrypted_password,confirmed_at', 'a.csv', 'devise'],
  ['[]', 'Keycloak-users.json', 'keycloak'],
  ['', '', 'countersign'],
])('%s in %s is of %s', (beginning, name, format) => {
  expect(guessFormat(beginning, name)).toBe(format)
  expect(isSealed(beginning)).toBe(false)
})

test('a cell is no formula, whatever was in the file', () => {
  expect(
    csvText([
      [1, '=1+1'],
      [2, 'a,"b"\n'],
    ]),
  ).toBe('1,\'=1+1\r\n2,"a,""b""\n"\r\n')
})
