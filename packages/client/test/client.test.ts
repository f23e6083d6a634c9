import { describe, expect, test } from 'vitest'
import type { ValuesClient } from '../src/client.ts'
import { CountersignError } from '../src/errors.ts'
import { alice, loggedIn, minutes, openWorld } from './open-world.ts'
import { goodFate } from './world.ts'

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

  test('logging out everywhere changes nothing here where the server cannot be told', async () => {
    const { client, during, server } = await loggedIn()
    server.fail(503)
    await expect(during(1000, client.logoutEverywhere())).rejects.toMatchObject({ code: 'unavailable' })
    expect(client.session?.id).toBe('s1')
    server.fail(undefined)
    await during(1000, client.logoutEverywhere())
    expect(client.session).toBeNull()
  })

  test('a client that was disposed of asks and tells nothing more; what is stored stays', async () => {
    const { client, time, server, open, types } = await loggedIn()
    const heard: string[] = []
    client.onChange((_, { type }) => heard.push(type))
    client.dispose()
    const [asked, told] = [server.requests.length, types().length]
    await time.pass(minutes(60))
    expect([server.requests.length, types().length, heard]).toEqual([asked, told, []])
    expect(open('b').session?.id).toBe('s1')
  })

  test('a wrong password has a code of its own', async () => {
    const { open, server, during } = openWorld()
    server.fail(401)
    const refused = during(200, open('a').login(alice))
    await expect(refused).rejects.toMatchObject({ code: 'invalid_credentials', status: 401 })
    await expect(refused).rejects.toBeInstanceOf(CountersignError)
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
