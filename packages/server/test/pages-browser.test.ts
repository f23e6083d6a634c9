import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { noBrowser, openBrowser } from './browser.ts'
import { spawnServer, temporaryFolder } from './harness.ts'
import { type WatchedPages, watchPages } from './watched-pages.ts'

describe.skipIf(noBrowser !== undefined)(
  `the pages in a browser${noBrowser ? ` (${noBrowser})` : ''}`,
  () => {
    let server: Awaited<ReturnType<typeof spawnServer>>
    let browser: Browser
    let watched: WatchedPages

    beforeAll(async () => {
      ;[server, browser] = await Promise.all([spawnServer({ data: temporaryFolder() }), openBrowser()])
      watched = watchPages(browser, server.address)
    })
    afterAll(async () => {
      await browser?.close()
      await server?.stop()
    })
    afterEach(async () => {
      await Promise.all(browser.contexts().map((context) => context.close()))
      expect(watched.problems.splice(0)).toEqual([])
    })

    async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await watched.open(path, options)
      if (path.startsWith('/docs')) await page.locator('.operation').first().waitFor()
      return page
    }

    /** Sends an operation from its form; returns the state line and the body that are shown. */
    async function send(page: Page, operation: string, body?: object | string) {
      const section = page.locator(`#${operation}`)
      const text = typeof body === 'object' ? JSON.stringify(body) : body
      if (text !== undefined) await section.locator('textarea').fill(text)
      const answered = page.waitForResponse((response) => response.url().includes('/api/'))
      await section.getByRole('button', { name: 'Send' }).click()
      await answered
      await section.getByText(/\d ms$/).waitFor()
      return {
        state: await section.getByRole('status').last().innerText(),
        body: await shownBody(page, operation),
      }
    }

    function shownBody(page: Page, operation: string): Promise<string> {
      return page.locator(`#${operation} .answer`).getByRole('region').innerText()
    }

    const run = <Result>(page: Page, expression: string) => page.evaluate(expression) as Promise<Result>

    test('register, log in, and call a protected route with the token', async () => {
      const page = await open('/docs')
      const [username, password] = ['bertha', 'a quiet harbour']
      const registered = await send(page, 'Register', { username, email: 'bertha@example.com', password })
      expect(registered.state).toMatch(/^201 Created \d+ ms$/)
      expect(JSON.parse(registered.body)).toMatchObject({ username })

      const token = page.getByLabel('Access token', { exact: true })
      expect(await token.inputValue()).toBe('')
      const { access, refresh } = JSON.parse((await send(page, 'Login', { username, password })).body)
      expect(await token.inputValue()).toBe(access)

      const greeting = await send(page, 'Protected')
      expect(greeting.state).toMatch(/^200 OK/)
      expect(greeting.body).toContain(`Hello ${username}`)

      expect(await page.locator('#TokenRefresh textarea').inputValue()).toContain(refresh)
      const renewed = JSON.parse((await send(page, 'TokenRefresh')).body)
      expect(await token.inputValue()).toBe(renewed.access)
      expect(await page.locator('#Logout textarea').inputValue()).toContain(renewed.refresh)
      expect((await send(page, 'Logout')).state).toMatch(/^200/)
      expect((await send(page, 'Protected')).state).toMatch(/^401/)
    })

    test('what stands in a path is typed into a field of its own', async () => {
      const page = await open('/docs')
      const [username, password] = ['dora', 'a quiet harbour']
      await send(page, 'Register', { username, email: 'dora@example.com', password })
      await send(page, 'Login', { username, password })
      const [session] = JSON.parse((await send(page, 'Sessions')).body)
      await page.locator('#EndSession').getByLabel('id', { exact: true }).fill('a/b')
      const command = page.locator('#EndSession figure pre')
      expect(await command.innerText()).toContain(`-X DELETE ${server.address}/api/sessions/a%2Fb/`)
      await page.locator('#EndSession').getByLabel('id', { exact: true }).fill(session.id)
      expect(await send(page, 'EndSession')).toMatchObject({ state: expect.stringMatching(/^204/), body: '' })
      expect((await send(page, 'Protected')).state).toMatch(/^401/)
    })

    test('refusals are shown as they come', async () => {
      const page = await open('/docs')
      const unknown = await send(page, 'Login', { username: 'nobody', password: 'a quiet harbour' })
      expect(unknown).toMatchObject({ state: expect.stringMatching(/^401 Unauthorized \d+ ms$/) })
      expect(unknown.body).toContain('No active account found')
      expect((await send(page, 'Protected')).body).toContain('Authentication credentials were not provided.')
      expect((await send(page, 'Register', {})).body).toContain('This field is required.')
      expect((await send(page, 'Register', '{')).body).toContain('JSON parse error')
      await page.locator('#Protected').getByText('Headers').click()
      expect(await page.locator('#Protected details pre').last().innerText()).toContain('www-authenticate: ')
    })

    test('a token is kept in memory only', async () => {
      const page = await open('/docs')
      const [username, password] = ['carl', 'a quiet harbour']
      await send(page, 'Register', { username, email: 'carl@example.com', password })
      await send(page, 'Login', { username, password })
      const kept =
        'JSON.stringify([localStorage.length, sessionStorage.length, document.cookie, location.href])'
      expect(JSON.parse(await run(page, kept))).toEqual([0, 0, '', `${server.address}/docs`])
      const commands = await page.locator('figure pre').allInnerTexts()
      expect(commands.filter((command) => command.includes('eyJ'))).toEqual([])
      expect(commands.filter((command) => command.includes('$REFRESH'))).toHaveLength(2)
      await page.reload()
      await page.locator('.operation').first().waitFor()
      expect(
        await page.locator('input, textarea').evaluateAll((all) => all.map(String).length),
      ).toBeGreaterThan(8)
      expect(await page.getByLabel('Access token', { exact: true }).inputValue()).toBe('')
      expect(await page.locator('#TokenRefresh textarea').inputValue()).not.toContain('eyJ')
    })

    test('a command follows what is typed, quoted for a shell', async () => {
      const page = await open('/docs')
      await page.locator('#Login textarea').fill(`{ "username": "o'hara" }`)
      const command = await page.locator('#Login figure pre').innerText()
      expect(command).toBe(
        [
          `curl ${server.address}/api/login/ \\`,
          `  -H 'Content-Type: application/json' \\`,
          `  -d '{"username":"o'\\''hara"}'`,
        ].join('\n'),
      )
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      const copy = page
        .locator('#Login')
        .getByRole('button', { name: 'Copy the command for POST /api/login/' })
      await copy.click()
      await page.locator('#Login').getByRole('button', { name: 'Copied' }).waitFor()
      expect(await run(page, 'navigator.clipboard.readText()')).toBe(command)
    })

    test('markup in the description or in an answer stays text', async () => {
      const page = await open('/')
      const markup = '<img src=x onerror="window.hit = true"><script>window.hit = true</script>'
      const schema = {
        type: 'object',
        properties: { [markup]: { type: markup, description: markup, examples: [markup] } },
      }
      const content = { 'application/json': { schema } }
      const operation = {
        ...{ operationId: markup, summary: markup, description: markup, requestBody: { content } },
        responses: { 200: { description: markup, content }, 400: { description: markup, content } },
      }
      const api = { info: { description: markup }, paths: { [`/${markup}`]: { post: operation } } }
      await page.route('**/openapi.json', (route) => route.fulfill({ json: api }))
      await page.route('**/%3C**', (route) => route.fulfill({ body: markup, contentType: 'text/html' }))
      await page.goto(`${server.address}/docs#${encodeURIComponent(markup)}`)
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByText(/\d ms$/).waitFor()
      expect(await page.locator('.answer').getByRole('region').innerText()).toBe(markup)
      expect(await page.locator('main img, main script').count()).toBe(0)
      expect(await run(page, 'window.hit')).toBeUndefined()
    })

    test('a description that cannot be read is said so', async () => {
      const page = await open('/')
      await page.route('**/openapi.json', (route) => route.fulfill({ status: 503, body: '' }))
      await page.goto(`${server.address}/docs`)
      await page.getByText('could not be read: /openapi.json answered 503').waitFor()
      watched.problems.splice(0)
    })

    test('works by keyboard, in the order of reading, with a visible focus', async () => {
      const page = await open('/docs')
      const focused = `(() => {
      const { id, hash, textContent, tagName } = document.activeElement
      const { outlineStyle } = getComputedStyle(document.activeElement)
      return [outlineStyle, hash || id || textContent.trim() || tagName].join(' ')
    })()`
      const order: string[] = []
      for (let step = 0; step < 31; step += 1) {
        await page.keyboard.press('Tab')
        order.push(await run<string>(page, focused))
      }
      const links = [
        ...['Register', 'Login', 'TokenObtainPair', 'TokenRefresh', 'Logout', 'Revoke', 'PasswordReset'],
        ...[
          'PasswordResetConfirm',
          'EmailVerify',
          'EmailVerifyResend',
          'Introspect',
          'Protected',
          'Dashboard',
          'Sessions',
        ],
        ...['EndOtherSessions', 'EndSession', 'Me', 'ChangeMe', 'DeleteMe', 'PasswordChange', 'EmailChange'],
      ]
      expect(order.map((one) => one.replace(/^solid /, ''))).toEqual([
        '#main',
        ...['Countersign', 'OpenAPI'],
        ...links.map((name) => `#${name}`),
        'access-token',
        '#Register',
        expect.stringMatching(/^Refusals/),
        'Copy the command for POST /api/register/',
        expect.stringMatching(/^curl /),
        'Register-body',
        'Send',
      ])
      await page.locator('#Register textarea').fill('{}')
      await page.locator('#Register textarea').press('Control+Enter')
      await page.locator('#Register').getByText('400 Bad Request').waitFor()
    })

    test.each(['/', '/docs'])('%s names what it shows', async (path) => {
      const page = await open(path)
      const levels = await run<number[]>(
        page,
        `[...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1]))`,
      )
      expect(levels[0]).toBe(1)
      expect(levels.filter((level) => level === 1)).toHaveLength(1)
      expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([])
      const nameless = `[...document.querySelectorAll('input, textarea')].filter((one) => one.labels.length === 0)
      .concat([...document.querySelectorAll('a, button')].filter((one) => !one.textContent.trim()),
        [...document.querySelectorAll('img:not([alt])')]).map((one) => one.outerHTML)`
      expect(await run(page, nameless)).toEqual([])
      const dangling = `(() => {
      const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
      const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
      const named = [...document.querySelectorAll('*')].flatMap((one) =>
        ['aria-labelledby', 'aria-describedby', 'for'].map((name) => one.getAttribute(name)).filter(Boolean))
      return [...twice, ...named.filter((id) => !ids.includes(id))]
    })()`
      expect(await run(page, dangling)).toEqual([])
      expect(await run(page, 'document.documentElement.lang')).toBe('en')
    })

    test.each(['/', '/docs'])('%s fits a small screen and a wide one', async (path) => {
      for (const width of [360, 390, 1280, 1920]) {
        const page = await open(path, { viewport: { width, height: 800 } })
        expect(await run(page, 'document.documentElement.scrollWidth'), `${width}`).toBe(width)
      }
    })

    test('follows the colours and the calm that a reader asks for', async () => {
      const page = await open('/docs', { colorScheme: 'light' })
      const background = 'getComputedStyle(document.body).backgroundColor'
      const scrolling = 'getComputedStyle(document.documentElement).scrollBehavior'
      expect([await run(page, background), await run(page, scrolling)]).toEqual([
        'rgb(255, 255, 255)',
        'auto',
      ])
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'no-preference' })
      expect([await run(page, background), await run(page, scrolling)]).toEqual(['rgb(21, 22, 20)', 'smooth'])
    })
  },
)
