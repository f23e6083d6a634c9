import { describe, expect, test } from 'vitest'
import type { ValuesClient } from '../src/client.ts'
import { CountersignError } from '../src/errors.ts'
import type { ClientEvent } from '../src/events.ts'
import type { ClientOptions } from '../src/options.ts'
import { createBrowser, createServer, createTime, type Fate, goodFate } from './world.ts'

const alice = { username: 'alice', password: 'correct horse battery' }

/** One browser and a server; what is asked is answered while time passes. */
function openWorld({ ttlSeconds = 900, graceMs = 10_000 } = {}) {
  const time = createTime()
  const server = createServer(time, { ttlSeconds, graceMs })
  const browser = createBrowser(time)
  const fates: Fate[] = []
  const events: [string, ClientEvent][] = []
  const open = (tab: string, options: Partial<ClientOptions> = {}) =>
    browser.open(
      tab,
      server.fetchFor(tab, () => fates.shift() ?? goodFate),
      { onEvent: (event) => events.push([tab, event]), ...options },
    )
  /** waits for it while so much time passes */
  async function during<Result>(ms: number, work: Promise<Result>): Promise<Result> {
    work.catch(() => {})
    await time.pass(ms)
    return work
  }
  const refreshes = () => server.requests.filter(({ path }) => path === '/api/token/refresh/')
  const types = () => events.map(([tab, { type }]) => `${tab} ${type}`)
  return { time, server, browser, fates, events, types, open, during, refreshes }
}

async function loggedIn(options?: Parameters<typeof openWorld>[0]) {
  const world = openWorld(options)
  const client = world.open('a')
  await world.during(200, client.login(alice))
  return { ...world, client }
}

const minutes = (count: number) => count * 60_000

describe('logging in and out', () => {
  test('says who is signed in, in every tab', async () => {
    const { open, during, types, time } = openWorld()
    const [a, b] = [open('a'), open('b')]
    expect([a.session, a.user]).toEqual([null, undefined])
    const session = await during(200, a.login(alice))
    expect(session).toEqual({ id: 's1', user: { id: 'u1', username: 'älice' } })
    expect(b.session).toEqual(session)
    expect(b.user?.username).toBe('älice')
    await during(200, b.logout())
    expect([a.session, b.session]).toEqual([null, null])
    await time.pass(100)
    expect(types().filter((type) => !type.endsWith('loaded'))).toEqual([
      ...['a signed_in', 'b signed_in', 'b signed_out', 'a signed_out'],
    ])
  })

  test('the session is the same object until it changes', async () => {
    const { client, during, time } = await loggedIn()
    const before = client.session
    await time.pass(minutes(2))
    await during(1000, client.refresh())
    expect(client.session).toBe(before)
  })

  test('logging out is done here at once, and throws where the server hears nothing', async () => {
    const { client, during, fates } = await loggedIn()
    fates.push({ there: undefined, back: undefined })
    await expect(during(1000, client.logout())).rejects.toMatchObject({ code: 'network_error' })
    expect(client.session).toBeNull()
    expect(await during(100, client.getAccessToken())).toBeNull()
  })

  test('logging out while a refresh is on its way: its answer is thrown away', async () => {
    const { client, during, fates, time, server } = await loggedIn()
    await time.pass(minutes(2))
    fates.push({ there: 20, back: 3000 }, { there: 50, back: 20 })
    const refreshed = client.refresh()
    await time.pass(300)
    await during(500, client.logout())
    expect(await during(minutes(1), refreshed)).toBeNull()
    expect(client.session).toBeNull()
    expect([...server.sessions.values()][0]?.revokedAt).not.toBeNull()
  })

  test('logging in anew while a refresh is on its way: the new login stays', async () => {
    const { client, during, fates, time } = await loggedIn()
    await time.pass(minutes(2))
    fates.push({ there: 20, back: 3000 })
    const refreshed = client.refresh()
    await time.pass(300)
    await during(300, client.login(alice))
    expect((await during(minutes(1), refreshed))?.id).toBe('s2')
    expect(client.session?.id).toBe('s2')
  })

  test('a wrong password has a code of its own', async () => {
    const { open, server, during } = openWorld()
    server.fail(401)
    const refused = during(200, open('a').login(alice))
    await expect(refused).rejects.toMatchObject({ code: 'invalid_credentials', status: 401 })
    await expect(refused).rejects.toBeInstanceOf(CountersignError)
  })
})

describe('refreshing', () => {
  test('one request, however many ask', async () => {
    const { client, during, refreshes, time } = await loggedIn()
    await time.pass(minutes(2))
    await during(1000, Promise.all([client.refresh(), client.refresh(), client.refresh()]))
    expect(refreshes()).toHaveLength(1)
  })

  test('a lost answer is asked for again with the same key, by whichever tab comes first, however late', async () => {
    const { client, during, refreshes, time, fates, open, server } = await loggedIn({ graceMs: 0 })
    await time.pass(minutes(2))
    fates.push({ there: 20, back: undefined })
    await expect(during(1000, client.refresh())).rejects.toMatchObject({ code: 'network_error' })
    client.dispose()
    await time.pass(minutes(600))
    const later = open('b')
    expect(await during(1000, later.getAccessToken())).not.toBeNull()
    const [lost, again] = refreshes()
    expect(again?.key).toBe(lost?.key)
    expect(again?.verdict).toBe('replay')
    expect([...server.sessions.values()][0]?.revokedAt).toBeNull()
  })

  test('the key is in the storage before it is in a request', async () => {
    const { browser, refreshes, time, client, during } = await loggedIn()
    const stored = JSON.parse(browser.tabs.get('a')?.view.get('countersign')?.value ?? '') as { id: string }
    await time.pass(minutes(2))
    await during(1000, client.refresh())
    expect(refreshes()[0]?.key).toBe(`${stored.id}.0`)
  })

  test('a pair of a few seconds ago is not exchanged', async () => {
    const { client, during, refreshes } = await loggedIn()
    expect(await during(1000, client.refresh())).toMatchObject({ id: 's1' })
    expect(refreshes()).toHaveLength(0)
  })

  test('a late request of another tab never comes two generations behind', async () => {
    const { client, during, fates, open, time, server, refreshes } = await loggedIn({ graceMs: 0 })
    const b = open('b')
    await time.pass(minutes(2))
    fates.push({ there: 9000, back: 20 })
    void client.refresh().catch(() => {})
    await time.pass(200)
    await during(1000, b.refresh())
    await during(1000, b.refresh())
    await time.pass(minutes(1))
    expect(refreshes().map(({ verdict }) => verdict)).toEqual(['rotate', 'replay'])
    expect([...server.sessions.values()][0]?.revokedAt).toBeNull()
  })

  test('ahead of need, once, by one of the tabs', async () => {
    const { open, refreshes, time } = await loggedIn()
    open('b')
    open('c')
    await time.pass(minutes(13))
    expect(refreshes()).toHaveLength(0)
    await time.pass(minutes(2))
    expect(refreshes().filter(({ verdict }) => verdict === 'rotate')).toHaveLength(1)
  })

  test('a hidden tab waits until it is shown', async () => {
    const { browser, refreshes, time } = await loggedIn()
    const tab = browser.tabs.get('a')
    if (tab) tab.isVisible = false
    await time.pass(minutes(60))
    expect(refreshes()).toHaveLength(0)
    if (tab) tab.isVisible = true
    for (const wake of tab?.wake ?? []) wake('visibilitychange')
    await time.pass(1000)
    expect(refreshes()).toHaveLength(1)
  })

  test.each([
    { name: 'the network', fail: undefined, code: 'network_error' },
    { name: '500', fail: 500, code: 'internal' },
    { name: '503', fail: 503, code: 'unavailable' },
    { name: '429', fail: 429, code: 'throttled' },
    { name: '401 of something else', fail: 401, code: 'not_authenticated' },
    { name: '404', fail: 404, code: 'refused' },
    { name: 'a portal', fail: 302, code: 'bad_answer' },
  ])('$name does not sign out, and is asked again more and more seldom', async ({ fail, code }) => {
    const { client, during, server, fates, time, refreshes, events } = await loggedIn()
    server.fail(fail)
    if (fail === undefined) for (let i = 0; i < 500; i += 1) fates.push({ there: undefined, back: undefined })
    await time.pass(minutes(20))
    expect(client.session).not.toBeNull()
    await expect(during(1000, client.getAccessToken())).rejects.toMatchObject({ code })
    const tried = events.filter(([, { type }]) => type === 'refresh_failed').length
    expect(tried).toBeGreaterThan(4)
    expect(tried).toBeLessThan(20)
    fates.length = 0
    server.fail(undefined)
    await time.pass(minutes(2))
    expect(await during(1000, client.getAccessToken())).not.toBeNull()
    expect(refreshes().filter(({ verdict }) => verdict === 'rotate')).toHaveLength(1)
  })

  test('the plain word of the server signs out, everywhere', async () => {
    const { open, time, server, events } = await loggedIn()
    const b = open('b')
    for (const session of server.sessions.values()) session.revokedAt = 1
    await time.pass(minutes(16))
    expect(b.session).toBeNull()
    expect(events).toContainEqual(['a', expect.objectContaining({ type: 'signed_out', reason: 'refused' })])
    expect(events).toContainEqual(['b', expect.objectContaining({ type: 'signed_out', reason: 'refused' })])
  })

  test('a server that never answers is given up', async () => {
    const { client, during, fates, time } = await loggedIn()
    await time.pass(minutes(2))
    fates.push({ there: 20, back: Number.POSITIVE_INFINITY })
    await expect(during(11_000, client.refresh())).rejects.toMatchObject({ code: 'timeout' })
  })
})

describe('clocks', () => {
  test.each([-7_200_000, 7_200_000])('set by %d ms: a good token is handed out', async (jump) => {
    const { client, during, browser, time, refreshes } = await loggedIn()
    await time.pass(minutes(1))
    browser.jump(jump)
    expect(await during(1000, client.getAccessToken())).not.toBeNull()
    await time.pass(minutes(16))
    await during(1000, client.getAccessToken())
    expect(refreshes().length).toBeGreaterThan(0)
    expect(refreshes().length).toBeLessThan(4)
  })

  test.each([
    -1130, 3_600_000,
  ])('set by %d ms while a request is late and the page is loaded anew: nobody is signed out', async (jump) => {
    const { during, browser, time, fates, open, server, refreshes } = await loggedIn({ graceMs: 0 })
    await time.pass(minutes(2))
    fates.push({ there: 9000, back: 20 })
    void open('a').refresh()
    await time.pass(300)
    await during(300, open('a').refresh())
    expect(refreshes().map(({ verdict }) => verdict)).toEqual(['rotate'])
    browser.jump(jump)
    const again = open('a')
    void again.refresh()
    expect(await during(minutes(1), again.getAccessToken())).not.toBeNull()
    expect(refreshes().map(({ verdict }) => verdict)).toContain('replay')
    expect([...server.sessions.values()][0]?.revokedAt).toBeNull()
  })

  test('a page that is opened later waits for no request that was lost long ago', async () => {
    const { during, time, fates, open, client, refreshes } = await loggedIn({ graceMs: 0 })
    await time.pass(minutes(2))
    fates.push({ there: 20, back: undefined })
    await during(1000, client.refresh()).catch(() => {})
    await time.pass(minutes(1))
    await during(1000, client.refresh())
    await time.pass(minutes(1))
    client.dispose()
    await time.pass(minutes(60))
    expect(await during(1000, open('b').getAccessToken())).not.toBeNull()
    expect(refreshes().map(({ verdict }) => verdict)).toEqual(['rotate', 'replay', 'rotate'])
  })

  test('set back while the page was away: the age is unknown, so it is refreshed', async () => {
    const { during, browser, time, refreshes, open } = await loggedIn()
    await time.pass(minutes(10))
    browser.jump(-7_200_000)
    await during(1000, open('a').getAccessToken())
    expect(refreshes()).toHaveLength(1)
  })
})

describe('fetch', () => {
  test('shows the token, and after a 401 tries once more with a new one', async () => {
    const asked: (string | null)[] = []
    const { open, during, server, time } = openWorld()
    const ours = server.fetchFor('a', () => goodFate)
    const client = open('a', {
      fetch: (async (input: Request, init?: RequestInit) => {
        if (typeof input === 'string') return ours(input, init)
        asked.push(`${input.headers.get('authorization')?.slice(0, 8)} ${await input.clone().text()}`)
        return new Response('', { status: 401 })
      }) as typeof fetch,
    })
    await during(200, client.login(alice))
    await time.pass(minutes(1))
    const answer = await during(2000, client.fetch('/api/notes/', { method: 'POST', body: 'hello' }))
    expect(answer.status).toBe(401)
    expect(asked).toEqual(['Bearer h hello', 'Bearer h hello'])
    const again = await during(2000, client.fetch('/api/notes/'))
    // The new pair is young: a route that always refuses does not make a storm of refreshes.
    expect([again.status, asked.length]).toEqual([401, 3])
  })

  test('does not show it to strangers', async () => {
    const { client, during } = await loggedIn()
    for (const url of ['https://elsewhere.test/', 'https://auth.test/', 'http://auth.test.evil.test/']) {
      const asked = during(100, client.fetch(url))
      await expect(asked).rejects.toMatchObject({ code: 'foreign_origin' })
    }
  })
})

describe('options', () => {
  test('results as values', async () => {
    const { open, during, server } = openWorld()
    const client = open('a', { results: 'values' }) as unknown as ValuesClient
    server.fail(401)
    expect(await during(200, client.login(alice))).toMatchObject({
      data: null,
      error: { code: 'invalid_credentials' },
    })
    server.fail(undefined)
    expect(await during(200, client.login(alice))).toEqual({ data: client.session, error: null })
  })

  test('in cookie mode nothing that is kept is a token', async () => {
    const { open, during, browser, time, server } = openWorld()
    const { requests } = server
    const client = open('a', { cookieApi: '/api/auth/' })
    await during(200, client.login(alice))
    expect(client.user?.username).toBe('älice')
    const stored = JSON.parse(browser.tabs.get('a')?.view.get('countersign')?.value ?? '')
    expect([stored.access, stored.refresh]).toEqual(['', ''])
    await expect(during(100, client.getAccessToken())).rejects.toMatchObject({ code: 'cookie_mode' })
    await time.pass(minutes(15))
    const asked = requests.slice(1).map(({ path, body }) => [path, body])
    expect(asked).toEqual([['/api/auth/token/refresh/', {}]])
  })

  test('a storage that fails costs nothing but the next page', async () => {
    const { open, during, types, time } = openWorld()
    const full = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    const client = open('a', { storage: { getItem: () => null, setItem: full } })
    await during(200, client.login(alice))
    await time.pass(minutes(20))
    expect(await during(1000, client.getAccessToken())).not.toBeNull()
    expect(types()).toContain('a storage_failed')
  })

  test('a storage that takes its time', async () => {
    const texts = new Map<string, string>()
    const storage = {
      getItem: async (key: string) => texts.get(key) ?? null,
      setItem: async (key: string, value: string) => void texts.set(key, value),
    }
    const { open, during, time, types } = openWorld()
    const client = open('a', { storage })
    expect(client.session).toBeUndefined()
    await time.pass(10)
    expect(client.session).toBeNull()
    await during(200, client.login(alice))
    const again = open('a', { storage })
    expect(again.session).toBeUndefined()
    await time.pass(10)
    expect(again.session?.id).toBe('s1')
    expect(types()).toEqual(['a loaded', 'a signed_in', 'a loaded'])
  })

  test('what somebody else wrote under the key is nothing', async () => {
    const { open } = openWorld()
    for (const text of ['', 'null', '[]', '{"order":1}', '{', '"x"']) {
      expect(open('a', { storage: { getItem: () => text, setItem() {} } }).session).toBeNull()
    }
  })

  test('a cleared storage signs out', async () => {
    const { client, browser, during } = await loggedIn()
    browser.tabs.get('a')?.view.clear()
    expect(await during(100, client.getAccessToken())).toBeNull()
    expect(client.session).toBeNull()
  })

  test('a listener that throws disturbs nobody', async () => {
    const { open, during } = openWorld()
    const client = open('a')
    const heard: string[] = []
    let hasThrown = false
    client.onChange(() => {
      if (hasThrown) return
      hasThrown = true
      throw new Error('mine')
    })
    // It is thrown again by a timer of its own, as the page's fault.
    await expect(during(200, Promise.resolve())).rejects.toThrow('mine')
    const stop = client.onChange((_, { type }) => heard.push(type))
    await during(200, client.login(alice))
    stop()
    await during(200, client.logout())
    expect(heard).toEqual(['signed_in'])
  })
})
