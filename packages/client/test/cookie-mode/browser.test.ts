import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { noBrowser, openBrowser } from '../../../server/test/browser.ts'
import { openStorm, password, registerUsers } from '../chaos/storm.ts'

const username = 'captain'

/** The time that a pair is too young to be exchanged is twice the timeout. */
const page = `<!doctype html><meta charset="utf-8"><title>tab</title><script type="module">
import { createClient } from '/src/index.ts'
window.heard = []
window.auth = createClient({
  ...{ baseUrl: '/', cookieApi: '/api/auth/', timeoutSeconds: 1 },
  onEvent: ({ type }) => heard.push(type),
})
window.statusOf = async () => (await auth.fetch('/api/protected/')).status
/** Asks until the network lets one through. */
window.refreshed = async () => {
  for (let turn = 0; turn < 60; turn += 1) {
    const session = await auth.refresh().catch(() => undefined)
    if (session !== undefined) return session?.user.username
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
</script>`

const env = {
  COUNTERSIGN_DJ_REST_AUTH: '/api/auth/',
  COUNTERSIGN_AUTH_COOKIE: 'app-auth',
  COUNTERSIGN_REFRESH_COOKIE: 'app-refresh',
  COUNTERSIGN_REFRESH_GRACE: '0s',
}

const run = <Result>(tab: Page, expression: string) => tab.evaluate(expression) as Promise<Result>

describe.skipIf(noBrowser !== undefined)(
  `a browser's own cookies${noBrowser ? ` (${noBrowser})` : ''}`,
  () => {
    test('two tabs log in, lose requests and answers, are loaded anew, and log out', async () => {
      const storm = await openStorm({ '/tab': page }, env)
      await registerUsers(storm, [username])
      const browser = await openBrowser()
      onTestFinished(() => browser.close())
      const context = await browser.newContext()
      const load = async (tab: Page) => {
        await tab.goto(`${storm.address}/tab`)
        await tab.waitForFunction('window.refreshed')
      }
      const [one, other] = [await context.newPage(), await context.newPage()]
      await Promise.all([load(one), load(other)])

      await run(one, `auth.login({ username: '${username}', password: '${password}' })`)
      expect(await run(one, 'statusOf()')).toBe(200)
      await other.waitForFunction('auth.session')
      expect(await run(other, 'statusOf()')).toBe(200)
      const kept = (await context.cookies()).map(({ name, httpOnly }) => [name, httpOnly])
      expect(kept).toEqual([
        ['app-auth', true],
        ['app-refresh', true],
      ])
      expect(await run(one, 'document.cookie')).toBe('')
      expect(await run(one, 'JSON.stringify({ ...localStorage })')).not.toContain('eyJ')

      storm.begin()
      for (let round = 0; round < 4; round += 1) {
        await one.waitForTimeout(2100)
        const work = [one, other].map((tab) => run(tab, 'refreshed()'))
        expect(await Promise.all(work)).toEqual([username, username])
        if (round % 2) await load(other)
      }
      storm.calm()
      expect([await run(one, 'statusOf()'), await run(other, 'statusOf()')]).toEqual([200, 200])
      expect(await run(one, 'heard')).not.toContain('signed_out')

      await run(other, 'auth.logout()')
      await one.waitForFunction('auth.session === null')
      expect(await run(one, 'statusOf()')).toBe(401)
      expect(await context.cookies()).toEqual([])
      const { rotations, ended, thefts } = await storm.close()
      expect([ended, thefts]).toEqual([['logout'], []])
      expect(rotations).toBeGreaterThan(0)
    })
  },
)
