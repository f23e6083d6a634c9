import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { openTestServer } from '../../../server/test/harness.ts'
import { type Client, createClientOn } from '../../src/client.ts'
import { type Host, surroundings } from '../../src/host.ts'
import type { TokenStorage } from '../../src/kept/storage.ts'

const password = 'a quiet harbour'
const cookieApi = '/api/auth/'

/** No grace: whoever shows a spent token without its key has lost the session. */
const server = await openTestServer({
  env: {
    COUNTERSIGN_DJ_REST_AUTH: cookieApi,
    COUNTERSIGN_AUTH_COOKIE: 'app-auth',
    COUNTERSIGN_REFRESH_COOKIE: 'app-refresh',
    COUNTERSIGN_REFRESH_GRACE: '0s',
  },
})
const address = await server.listen()
afterAll(() => server.close())

type Loss = 'request' | 'answer' | 'page'

/** One browser: its cookies, its storage, its clock and tabs; each new one is a page that was loaded anew. */
function openDevice() {
  const cookies = new Map<string, string>()
  const texts = new Map<string, string>()
  const storage: TokenStorage = {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => texts.set(key, value),
  }
  /** what becomes of the next refreshes: `page` is an answer that the browser has, and the page has not */
  const losses: Loss[] = []
  const heard: string[] = []
  let skipped = 0

  function keep(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ')
      const [name = '', value = ''] = pair.split('=')
      if (attributes.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, value)
    }
  }

  const browse: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const loss = request.url.endsWith('/token/refresh/') ? losses.shift() : undefined
    if (loss === 'request') throw new TypeError('lost')
    if (request.credentials === 'include') {
      request.headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '))
    }
    const answer = await fetch(request)
    if (loss !== 'answer') keep(answer)
    if (loss) throw new TypeError('lost')
    return answer
  }

  const host: Host = {
    ...surroundings(browse),
    now: () => Date.now() + skipped,
    elapsed: () => performance.now() + skipped,
  }

  return {
    cookies,
    texts,
    losses,
    heard,
    /** so long that a pair is no longer too young to be exchanged */
    pass() {
      skipped += 60_000
    },
    openTab(): Client {
      const client = createClientOn(host, {
        ...{ baseUrl: address, cookieApi, storage, autoRefresh: false },
        onEvent: (event) => heard.push(event.type),
      })
      onTestFinished(() => client.dispose())
      return client
    },
  }
}

let made = 0

async function loggedIn() {
  const device = openDevice()
  const tab = device.openTab()
  made += 1
  const username = `sailor${made}`
  await tab.register({ username, email: `${username}@example.com`, password })
  const session = await tab.login({ username, password })
  return { device, tab, username, session }
}

const statusOf = async (client: Client) => (await client.fetch('/api/protected/')).status

const generationOf = async (id: string) => (await server.deployment.store.findSession(id))?.generation

const isLive = async (id: string) => (await server.deployment.store.findSession(id))?.revoked_at === null

describe('where the server keeps the tokens in cookies', () => {
  test('works by the cookie alone; no token is kept, and none is to be had', async () => {
    const { device, tab, username, session } = await loggedIn()
    expect(session.user.username).toBe(username)
    expect([...device.cookies.keys()]).toEqual(['app-auth', 'app-refresh'])
    for (const token of device.cookies.values()) expect(device.texts.get('countersign')).not.toContain(token)
    expect(await statusOf(tab)).toBe(200)
    const headers = { 'content-type': 'application/json' }
    const changed = await tab.fetch('/api/me/', { method: 'PATCH', body: '{"first_name":"Ada"}', headers })
    expect(changed.status).toBe(200)
    await expect(tab.getAccessToken()).rejects.toMatchObject({ code: 'cookie_mode' })
  })

  test('a wrong password has the code that it has elsewhere', async () => {
    const { tab, username } = await loggedIn()
    const refused = tab.login({ username, password: 'wrong' })
    await expect(refused).rejects.toMatchObject({ code: 'invalid_credentials', status: 400 })
    expect(await statusOf(tab)).toBe(200)
  })

  test('two tabs that refresh at once, and a page that is loaded anew', async () => {
    const { device, tab, session } = await loggedIn()
    const other = device.openTab()
    expect(other.session).toEqual(session)
    device.pass()
    await Promise.all([tab.refresh(), other.refresh()])
    expect([await generationOf(session.id), await isLive(session.id)]).toEqual([1, true])
    const again = device.openTab()
    device.pass()
    expect(await again.refresh()).toEqual(session)
    expect([await statusOf(tab), await statusOf(again)]).toEqual([200, 200])
  })

  test.each<[Loss, rotations: number]>([
    ['request', 1],
    ['answer', 1],
    ['page', 2],
  ])('S06: what is lost is the %s: asked again, however late and by whichever page', async (loss, rotations) => {
    const { device, tab, session } = await loggedIn()
    device.pass()
    device.losses.push(loss, loss)
    await expect(tab.refresh()).rejects.toMatchObject({ code: 'network_error' })
    server.clock.advance(60_000)
    await expect(device.openTab().refresh()).rejects.toMatchObject({ code: 'network_error' })
    server.clock.advance(60_000)
    const later = device.openTab()
    expect(await later.refresh()).toEqual(session)
    expect(await statusOf(later)).toBe(200)
    expect(await isLive(session.id)).toBe(true)
    expect(await generationOf(session.id)).toBeGreaterThanOrEqual(rotations)
  })

  test('an access cookie that has expired is renewed, and the request asked once more', async () => {
    const { device, tab } = await loggedIn()
    device.cookies.delete('app-auth')
    device.pass()
    expect(await statusOf(tab)).toBe(200)
  })

  test('logging out ends the session and takes the cookies away', async () => {
    const { device, tab, session } = await loggedIn()
    await tab.logout()
    expect([device.cookies.size, await isLive(session.id)]).toEqual([0, false])
    expect(await statusOf(tab)).toBe(401)
    expect(device.openTab().session).toBeNull()
  })

  test('logging out everywhere, by the cookie', async () => {
    const { tab, username, session } = await loggedIn()
    const elsewhere = await openDevice().openTab().login({ username, password })
    await tab.logoutEverywhere()
    expect([await isLive(session.id), await isLive(elsewhere.id), tab.session]).toEqual([false, false, null])
  })

  test('a session that the server has ended is over, and its cookies are forgotten', async () => {
    const { device, tab, session } = await loggedIn()
    await server.deployment.store.endSession({
      sessionId: session.id,
      now: server.clock(),
      reason: 'operator',
    })
    device.pass()
    expect(await tab.refresh()).toBeNull()
    expect(device.heard.slice(-1)).toEqual(['signed_out'])
    expect(device.cookies.size).toBe(0)
  })
})

test('where users log in by their address, it is sent as such; an unproven one is told in words', async () => {
  const byEmail = await openTestServer({
    env: {
      COUNTERSIGN_DJ_REST_AUTH: cookieApi,
      COUNTERSIGN_REFRESH_COOKIE: 'app-refresh',
      COUNTERSIGN_LOGIN_BY: 'email',
      COUNTERSIGN_EMAIL_VERIFICATION: 'required',
    },
  })
  onTestFinished(() => byEmail.close())
  const client = createClientOn(surroundings(), { baseUrl: await byEmail.listen(), cookieApi })
  await client.register({ username: 'ada', email: 'ada@example.com', password })
  const refused = client.login({ username: 'ada@example.com', password })
  await expect(refused).rejects.toMatchObject({
    code: 'invalid_credentials',
    fields: { non_field_errors: ['E-mail is not verified.'] },
  })
})
