import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { password } from '../../server/test/admin/console.ts'
import { noBrowser, openBrowser } from '../../server/test/browser.ts'
import { faultsOf } from '../../server/test/watched-pages.ts'
import { openWorld, type World } from './open.ts'

const script = readFileSync(join(import.meta.dirname, 'in-page.js'), 'utf8')

/** Asks `in-page.js` something; the script stays in the page until it is left. */
async function ask<T = string[]>(page: Page, question: string): Promise<T> {
  await page.evaluate(`globalThis.inPage ?? (() => { ${script} })()`)
  return page.evaluate(`inPage.${question}`)
}

const focus = (page: Page) => ask<{ name: string; place: string; covered: boolean }>(page, 'focus()')
const press = async (page: Page, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key)
}

let browser: Browser
let world: World
let owner: { username: string; id: string }
let somebody: { username: string; id: string }
/** who is disabled, and so has no session that lasts */
let another: { username: string; id: string }

beforeAll(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  world = await openWorld('SQLite', browser, {
    COUNTERSIGN_WEBHOOK_URLS: 'http://127.0.0.1:9/events',
    COUNTERSIGN_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    COUNTERSIGN_WEBHOOK_PRIVATE: 'allow',
  })
  owner = await world.person('owner')
  for (let made = 0; made < 30; made += 1) somebody = await world.person()
  another = await world.person()
  await world.session(somebody.username, password)
  await world.post('/api/password/reset/', { email: `${somebody.username}@example.com` })
  await world.post('/api/login/', { username: somebody.username, password: 'wrong' })
})
afterAll(async () => {
  await world?.close()
  await browser?.close()
})
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
  expect(world.problems.splice(0)).toEqual([])
})

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

const dialog = (page: Page) => page.getByRole('dialog').last()
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const theirs = () => `/users?user=${somebody.id}`

/** Answers whatever is asked of a part of the API. */
function answering(part: string, answer: (route: Route) => unknown) {
  return (page: Page) => page.route(`**/api/admin/${part}`, (route) => void answer(route))
}

const problem = (status: number, code: string, detail: string) => (route: Route) =>
  route.fulfill({
    status,
    contentType: 'application/problem+json',
    body: JSON.stringify({ status, code, detail, request_id: 'b6f7a2f0-0000-4000-8000-000000000000' }),
  })
const items = (route: Route) => route.fulfill({ json: { items: [], next: null } })
const never = () => undefined

interface State {
  name: string
  path: () => string
  /** before the page is asked for */
  routes?: (page: Page) => Promise<unknown>
  /** it looks as another does, and is seen once */
  isAlike?: true
  /** until the state is there; the page is open */
  reach: (page: Page) => Promise<unknown>
}

const dialogs: readonly State[] = [
  {
    name: 'deleting, with the name to type',
    path: theirs,
    reach: async (page) => {
      await button(page, 'Delete').click()
      await dialog(page).getByRole('textbox').fill('half of it')
    },
  },
  {
    name: 'signing out everywhere',
    path: theirs,
    reach: (page) => button(page, 'Sign out everywhere').click(),
  },
  { name: 'editing a user', path: theirs, reach: (page) => button(page, 'Edit').click() },
  {
    name: 'a name that is taken',
    path: theirs,
    reach: async (page) => {
      await button(page, 'Edit').click()
      await page.getByLabel('Username').fill(owner.username)
      await button(page, 'Save').click()
      await page.getByLabel('Username').and(page.locator('[aria-invalid=true]')).waitFor()
    },
  },
  {
    name: 'sessions of a user',
    path: theirs,
    reach: async (page) => {
      await page.getByRole('tab', { name: 'Sessions' }).click()
      await button(page, 'Revoke').first().click()
    },
  },
  {
    name: 'history of a user',
    path: theirs,
    reach: async (page) => {
      await page.getByRole('tab', { name: 'History' }).click()
      await dialog(page).getByRole('row').nth(1).waitFor()
    },
  },
  {
    name: 'many users chosen, and to be deleted',
    path: () => '/users',
    reach: async (page) => {
      await page.getByRole('checkbox').nth(2).check()
      await button(page, 'Delete').click()
    },
  },
  { name: 'rotating the key', path: () => '/keys', reach: (page) => button(page, 'Rotate now').click() },
  {
    name: 'revoking a key',
    path: () => '/keys',
    reach: (page) => page.getByRole('button', { name: 'Revoke' }).first().click(),
  },
  {
    name: 'a letter as HTML',
    path: () => '/mail',
    reach: async (page) => {
      await button(page, 'Templates').click()
      await button(page, 'As HTML').click()
      await page.frameLocator('iframe').locator('body').waitFor()
    },
  },
  {
    name: 'a letter of the outbox',
    path: () => '/mail',
    reach: (page) => page.locator('tbody tr').first().click(),
  },
  {
    name: 'a test mail that was not taken',
    path: () => '/mail',
    routes: answering('mail/test/', (route) =>
      route.fulfill({ json: { taken: false, said: '550 5.1.1 No such user here' } }),
    ),
    reach: async (page) => {
      await button(page, 'Send a test').click()
      await dialog(page).getByRole('textbox').fill('nobody@example.com')
      await button(page, 'Send').click()
      await page.getByText('550 5.1.1').waitFor()
    },
  },
  {
    name: 'events to be sent again',
    path: () => '/webhooks',
    reach: (page) => button(page, 'Replay').click(),
  },
  {
    name: 'a test event that was not taken',
    path: () => '/webhooks',
    reach: async (page) => {
      await button(page, 'Send a test event').click()
      await page.getByRole('status').getByText('did not take it').waitFor()
    },
  },
  {
    name: 'an event, explained',
    path: () => '/audit?event=auth.login.failed',
    reach: async (page) => {
      await page.locator('tbody tr').first().click()
      await button(page, 'Explain this request').click()
      await page.getByText('What the client was told').waitFor()
    },
  },
  {
    name: 'the password once more, and it was wrong',
    path: () => '/keys',
    routes: answering('keys/rotate/', problem(403, 'reauthentication_required', 'Show it again.')),
    reach: async (page) => {
      await button(page, 'Rotate now').click()
      await dialog(page).getByRole('button', { name: 'Rotate now' }).click()
      const proof = page.getByRole('dialog', { name: 'Your password, please' })
      await proof.getByLabel('Password').fill('wrong')
      await button(page, 'Continue').click()
      await proof.locator('[aria-invalid=true]').waitFor()
    },
  },
  {
    name: 'what was done, and can be undone',
    path: () => `/users?user=${another.id}`,
    reach: async (page) => {
      await button(page, 'Disable').click()
      await button(page, 'Undo').click()
      await button(page, 'Disable').waitFor()
    },
  },
]

const others: readonly State[] = [
  ...['home/', 'users/**', 'keys/', 'mail/**', 'webhooks/', 'settings/', 'system/'].map((part) => ({
    name: `an error at ${part}`,
    ...(part !== 'home/' && { isAlike: true as const }),
    path: () => `/${part.split('/')[0]?.replace('home', '')}`,
    routes: answering(part, problem(500, 'internal', 'Internal server error')),
    reach: (page: Page) => page.getByText('Request b6f7a2f0').waitFor(),
  })),
  {
    name: 'no answer at all',
    path: () => '/audit',
    routes: answering('audit/**', (route) => route.abort()),
    reach: (page) => page.getByRole('alert').getByText('The server does not answer.').waitFor(),
  },
  {
    name: 'a list that is forbidden',
    path: () => '/sessions',
    routes: answering('sessions/**', problem(403, 'forbidden', 'You may not.')),
    reach: (page) => page.getByRole('alert').getByText('You may not.').waitFor(),
  },
  {
    name: 'a user who is gone',
    path: () => '/users?user=01a201de-0988-7dd9-ad27-2ea3670abc42',
    reach: (page) => page.getByRole('alert').getByText('It is no longer there.').waitFor(),
  },
  {
    name: 'an address without a page',
    path: () => '/nowhere',
    reach: (page) => page.getByRole('link', { name: 'Back to the home screen' }).waitFor(),
  },
  ...['/users?search=nobody', '/sessions?search=nobody', '/audit?event=no.such', '/settings?search=zzz'].map(
    (path) => ({
      name: `nothing matches at ${path}`,
      ...(path !== '/users?search=nobody' && { isAlike: true as const }),
      path: () => path,
      reach: (page: Page) => page.getByText('Nothing matches').waitFor(),
    }),
  ),
  {
    name: 'no mail',
    path: () => '/mail',
    routes: answering('mail/**', items),
    reach: (page) => page.getByText('Nothing here yet').waitFor(),
  },
  {
    name: 'no receivers',
    path: () => '/webhooks',
    routes: answering('webhooks/', items),
    reach: (page) => page.getByText('No receivers').waitFor(),
  },
  {
    name: 'nothing to warn of, nothing happened',
    path: () => '/',
    routes: answering('home/', (route) =>
      route.fulfill({ json: { now: '', hours: [], days: [], warnings: [] } }),
    ),
    reach: (page) => page.getByText('All is well').waitFor(),
  },
  ...['/', '/users', '/system'].map((path) => ({
    name: `${path} is still on its way`,
    path: () => path,
    routes: answering(`${path.slice(1) || 'home'}/**`, never),
    reach: (page: Page) => page.getByRole('status', { name: 'Loading' }).first().waitFor(),
  })),
  {
    name: 'the figures as a table',
    path: () => '/?span=month',
    reach: (page) => page.getByText('All figures as a table').click(),
  },
]

/** Each in light on a wide screen and in dark on a narrow one: what differs is what colours and room differ in. */
const looks = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const satisfies readonly BrowserContextOptions[]

/** The dialog that is open over all else; what lies below it is looked at by itself. */
const topmost =
  '[...document.querySelectorAll("dialog[open]")].findLast((one) => !one.querySelector("dialog[open]")) ?? document'

/** What is wrong with the page as it stands, by axe and by measure. */
async function faults(page: Page): Promise<string[]> {
  return [...(await faultsOf(page, topmost)), ...(await ask(page, 'lost()'))]
}

async function reach(page: Page, { path, routes, reach }: State): Promise<void> {
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await routes?.(page)
  await page.goto(`${world.address}/admin${path()}`)
  await reach(page)
}

async function arrive(page: Page, path: string): Promise<void> {
  await page.goto(`${world.address}/admin${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count()).toBe(0)
}

describe.skipIf(noBrowser !== undefined)('states', () => {
  describe.each(looks)('$colorScheme, $viewport.width px wide', (look) => {
    test('each dialog and what it tells', async () => {
      const page = await world.openAs(owner.username, '/', look)
      for (const state of dialogs) {
        await reach(page, state)
        expect(await faults(page), state.name).toEqual([])
      }
    })

    test('each error, each empty place, each that is still on its way', async () => {
      const page = await world.openAs(owner.username, '/', look)
      for (const state of others.filter(({ isAlike }) => !isAlike || look === looks[0])) {
        await reach(page, state)
        expect(await faults(page), state.name).toEqual([])
        expect(await page.getByRole('heading', { level: 1 }).count(), state.name).toBe(1)
      }
    })

    test('at the gate: a server that is away, a wrong password, a link that is spent, a weak password', async () => {
      const page = await world.open('/', look)
      await page.getByLabel('Username').fill('nobody')
      await page.getByLabel('Password').fill('nothing')
      await button(page, 'Sign in').click()
      await page.getByRole('alert').waitFor()
      expect(await faults(page)).toEqual([])

      const first = await world.open('/#first=spent', look)
      await first.getByLabel('Username').fill('nobody')
      await first.getByLabel('Password').fill('nothing at all to guess')
      await button(first, 'Create and sign in').click()
      await first.getByText('This link is no longer good.').waitFor()
      expect(await faults(first)).toEqual([])

      await answering('session/', (route) => route.abort())(page)
      await page.reload()
      await page.getByText('The server does not answer.').waitFor()
      expect(await faults(page)).toEqual([])
    })
  })

  test('a narrower role sees what it may, and a place that is closed says so', async () => {
    const support = await world.person('support')
    const page = await world.openAs(support.username, theirs())
    await page.getByRole('button', { name: 'Send reset mail' }).waitFor()
    expect(await faults(page)).toEqual([])
    await page.goto(`${world.address}/admin/settings`)
    await page.getByText('Your role does not allow this.').waitFor()
    expect(await page.getByRole('link', { name: 'Settings' }).count()).toBe(0)
    expect(await faults(page)).toEqual([])
  })
})

describe.skipIf(noBrowser !== undefined)('by keyboard and by ear', () => {
  test('a drawer and a question in it keep the focus, and give it back', async () => {
    const page = await world.openAs(owner.username, '/users')
    await page.locator('tbody tr').first().focus()
    await press(page, 'ArrowDown')
    const row = (await focus(page)).place
    await press(page, 'Enter')
    await button(page, 'Delete').focus()
    await press(page, 'Enter')
    const question = page.getByRole('dialog', { name: /^Delete: / })
    await question.waitFor()
    expect((await focus(page)).name).toMatch(/^input Type \S+ to confirm/)
    for (let count = 0; count < 8; count += 1) {
      await press(page, 'Tab')
      const isInside =
        'document.activeElement === document.body || document.activeElement.closest("dialog dialog") !== null'
      expect(await page.evaluate(isInside)).toBe(true)
    }
    await press(page, 'Escape')
    await question.waitFor({ state: 'detached' })
    expect((await focus(page)).name).toBe('button Delete')
    await press(page, 'Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await focus(page)).place).toBe(row)
  })

  test('the first stop leads past the menu; another screen is entered at its title', async () => {
    const page = await world.openAs(owner.username, '/users')
    await page.reload()
    await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor()
    await press(page, 'Tab')
    expect((await focus(page)).name).toBe('a Skip to the content')
    await press(page, 'Enter', 'Tab')
    expect((await focus(page)).name).toBe('button Views')
    await page.getByRole('link', { name: 'Audit', exact: true }).focus()
    await press(page, 'Enter')
    await expect.poll(() => page.title()).toBe('Audit · Countersign')
    expect((await focus(page)).name).toBe('h1 Audit')
  })

  test('whoever signs in begins at the title', async () => {
    const page = await world.openAs(owner.username, '/keys')
    await expect.poll(async () => (await focus(page)).name).toBe('h1 Keys')
  })

  test('what was done is told in the drawer that is open, and undone from there', async () => {
    const page = await world.openAs(owner.username, `/users?user=${another.id}`)
    await button(page, 'Disable').click()
    const told = dialog(page).getByRole('status').filter({ hasText: 'disabled' })
    await told.waitFor()
    expect(await told.getAttribute('aria-live')).toBe('polite')
    for (let count = 0; count < 30 && (await focus(page)).name !== 'button Undo'; count += 1)
      await press(page, 'Tab')
    await press(page, 'Enter')
    await button(page, 'Disable').waitFor()
    await expect.poll(async () => (await world.deployment.store.findUserById(another.id))?.is_active).toBe(1)
  })

  test.each([1280, 390])('at %i px all is reached by Tab, and nothing hides what is', async (width) => {
    const page = await world.openAs(owner.username, '/', { viewport: { width, height: 500 } })
    for (const path of ['/', '/users', '/keys', '/settings']) {
      await arrive(page, path)
      const stops = await ask(page, 'stops()')
      const come = new Set<string>()
      for (const key of ['Tab', 'Shift+Tab'])
        for (let count = 0; count <= stops.length; count += 1) {
          await press(page, key)
          const { place, covered } = await focus(page)
          come.add(place)
          expect(covered, `${path}: ${place} lies under something`).toBe(false)
        }
      expect(
        stops.filter((stop) => !come.has(stop)),
        path,
      ).toEqual([])
    }
  })

  test('the menu of a narrow screen opens, leads on, and closes', async () => {
    const page = await world.openAs(owner.username, '/', { viewport: { width: 360, height: 640 } })
    await button(page, 'Menu').focus()
    await press(page, 'Enter')
    await dialog(page).waitFor()
    expect(await faults(page)).toEqual([])
    await press(page, 'Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await focus(page)).name).toBe('button Menu')
    await press(page, 'Enter')
    await dialog(page).getByRole('link', { name: 'Mail' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await focus(page)).name).toBe('h1 Mail')
  })
})

describe.skipIf(noBrowser !== undefined)('as somebody needs it', () => {
  // WCAG 1.4.10: 320 px is 1280 px at 400 %. 640 px is 1280 px at 200 % (1.4.4).
  test.each([320, 640])('at %i px nothing is cut off or scrolls sideways', async (width) => {
    const page = await world.openAs(owner.username, '/', { viewport: { width, height: 512 } })
    for (const path of [...places, theirs()]) {
      await arrive(page, path)
      expect([...(await ask(page, 'lost()')), ...(await ask(page, 'unfolded()'))], path).toEqual([])
    }
    for (const state of dialogs.slice(0, 4)) {
      await reach(page, state)
      expect(await ask(page, 'lost()'), state.name).toEqual([])
    }
  })

  // WCAG 1.4.12.
  test.each([1280, 390])('at %i px wider spacing of the text loses nothing', async (width) => {
    const page = await world.openAs(owner.username, '/', {
      viewport: { width, height: 800 },
      bypassCSP: true,
    })
    const content =
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }'
    for (const path of [...places, theirs()]) {
      await arrive(page, path)
      await page.addStyleTag({ content })
      expect([...(await ask(page, 'lost()')), ...(await ask(page, 'cramped()'))], path).toEqual([])
    }
  })

  test('without colours of ours the chosen is told from the rest, and charts are seen', async () => {
    const page = await world.openAs(owner.username, '/', { forcedColors: 'active' })
    await page.getByRole('img').first().waitFor()
    const colour = (selector: string, property: string) =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${property}`,
      )
    expect(await colour('.bg-bar', 'backgroundColor')).toBe(await colour('h1', 'color'))
    const chosen = await colour('fieldset label:has(:checked)', 'borderTopColor')
    expect(await colour('fieldset label:not(:has(:checked))', 'borderTopColor')).not.toBe(chosen)
    expect(await colour('nav a:not([aria-current])', 'borderTopColor')).toBe(
      await colour('html', 'backgroundColor'),
    )
    await page.goto(`${world.address}/admin${theirs()}`)
    await page.getByRole('tab', { name: 'Profile' }).waitFor()
    expect(await colour('[role=tab][aria-selected=false]', 'borderBottomColor')).not.toBe(
      await colour('[role=tab][aria-selected=true]', 'borderBottomColor'),
    )
    expect(await faults(page)).toEqual([])
  })

  test.each([
    { reducedMotion: 'reduce', moves: false },
    { reducedMotion: 'no-preference', moves: true },
  ] as const)('with motion $reducedMotion something moves: $moves', async ({ reducedMotion, moves }) => {
    const page = await world.openAs(owner.username, '/', { reducedMotion })
    await answering('keys/', never)(page)
    await page.goto(`${world.address}/admin/keys`)
    await page.getByRole('status', { name: 'Loading' }).first().waitFor()
    expect((await ask<number>(page, 'moving()')) > 0).toBe(moves)
    await page.goto(`${world.address}/admin${theirs()}`)
    await page.getByRole('tab', { name: 'Profile' }).waitFor()
    if (!moves) expect(await ask<number>(page, 'moving()')).toBe(0)
  })
})
