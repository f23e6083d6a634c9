import { describe, expect, test } from 'vitest'
import { type CookieAttributes, createServerClient } from '../src/ssr.ts'
import { createServer, createTime, goodFate } from './world.ts'

/** A browser's cookies, and one request after another to a server that renders pages. */
function openSite() {
  const time = createTime()
  const auth = createServer(time)
  const cookies = new Map<string, string>()
  const set: CookieAttributes[] = []
  let isSent = false
  const jar = {
    getAll: () => [...cookies].map(([name, value]) => ({ name, value })),
    setAll(given: { name: string; value: string; attributes: CookieAttributes }[]) {
      if (isSent) throw new Error('the head of the answer is sent')
      for (const { name, value, attributes } of given) {
        cookies.set(name, value)
        set.push(attributes)
      }
    },
  }
  /** @param shift what the browser's clock was ahead when it wrote */
  const age = (shift: number) => {
    const kept = JSON.parse(decodeURIComponent(cookies.get('countersign') ?? ''))
    cookies.set('countersign', encodeURIComponent(JSON.stringify({ ...kept, at: kept.at - shift })))
  }
  const request = () =>
    createServerClient({
      baseUrl: 'https://auth.test',
      cookies: jar,
      fetch: auth.fetchFor('ssr', () => goodFate),
    })
  async function during<Result>(work: Promise<Result>): Promise<Result> {
    for (let turn = 0; turn < 20; turn += 1) await time.pass(50)
    return work
  }
  const send = () => {
    isSent = true
  }
  return { auth, cookies, set, age, request, during, send }
}

describe('a server that renders pages', () => {
  test('has the session of the request before', async () => {
    const { request, during, set, cookies } = openSite()
    await during(request().login({ username: 'alice', password: 'x' }))
    expect(set.at(-1)).toEqual({
      ...{ path: '/', maxAge: 7_776_000, sameSite: 'lax', secure: true, httpOnly: false },
    })
    expect([...cookies.values()].every((value) => /^[\w.%!~*'()-]+$/.test(value))).toBe(true)
    const next = request()
    expect(await during(next.getAccessToken())).toMatch(/^h\./)
    expect(next.user?.username).toBe('älice')
  })

  test('refreshes where it must, and sets the cookie', async () => {
    const { request, during, age, auth, set } = openSite()
    await during(request().login({ username: 'alice', password: 'x' }))
    age(3_600_000)
    expect(await during(request().getAccessToken())).not.toBeNull()
    expect(auth.requests.filter(({ verdict }) => verdict === 'rotate')).toHaveLength(1)
    expect(set).toHaveLength(2)
  })

  test("goes by the token's own times, whatever the browser's clock said", async () => {
    const { request, during, age, auth, cookies } = openSite()
    await during(request().login({ username: 'alice', password: 'x' }))
    const kept = JSON.parse(decodeURIComponent(cookies.get('countersign') ?? ''))
    const claims = { sid: 's1', sub: 'u1', username: 'alice', exp: Math.round(Date.now() / 1000) + 600 }
    const access = `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`
    cookies.set('countersign', encodeURIComponent(JSON.stringify({ ...kept, access })))
    age(3_600_000)
    expect(await during(request().getAccessToken())).toBe(access)
    expect(auth.requests.filter(({ verdict }) => verdict === 'rotate')).toHaveLength(0)
  })

  test('loses nothing where cookies can no longer be set: the next asks with the same key', async () => {
    const { request, during, age, auth, send } = openSite()
    await during(request().login({ username: 'alice', password: 'x' }))
    age(3_600_000)
    send()
    expect(await during(request().getAccessToken())).not.toBeNull()
    expect(await during(request().getAccessToken())).not.toBeNull()
    const asked = auth.requests.filter(({ path }) => path === '/api/token/refresh/')
    expect(asked.map(({ verdict }) => verdict)).toEqual(['rotate', 'replay'])
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1)
  })

  test.each([
    { name: 'encodes', change: encodeURIComponent },
    { name: 'decodes', change: decodeURIComponent },
  ])('understands a cookie that the framework $name on its own', async ({ change }) => {
    const { request, during, cookies } = openSite()
    await during(request().login({ username: 'alice', password: 'x' }))
    cookies.set('countersign', change(cookies.get('countersign') ?? ''))
    expect(await during(request().getAccessToken())).not.toBeNull()
  })

  test.each(['', '%', '%7B', 'null', '{}'])('takes %j for no session', async (text) => {
    const { request, during, cookies } = openSite()
    cookies.set('countersign', text)
    expect(await during(request().getAccessToken())).toBeNull()
  })

  test('signs out', async () => {
    const { request, during } = openSite()
    await during(request().login({ username: 'alice', password: 'x' }))
    await during(request().logout())
    expect(await during(request().getAccessToken())).toBeNull()
  })
})
