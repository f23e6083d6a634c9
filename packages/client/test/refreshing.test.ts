import { describe, expect, test } from 'vitest'
import { loggedIn, minutes } from './open-world.ts'

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

  test('in the pause after a failure nobody asks, however often it is wanted; word of the network ends it', async () => {
    const { client, during, server, time, browser, refreshes } = await loggedIn()
    server.fail(503)
    await time.pass(minutes(30))
    await during(1000, client.refresh()).catch(() => {})
    const before = refreshes().length
    for (let turn = 0; turn < 5; turn += 1) {
      await expect(during(10, client.refresh())).rejects.toMatchObject({ code: 'unavailable' })
      await expect(during(10, client.getAccessToken())).rejects.toMatchObject({ code: 'unavailable' })
    }
    expect(refreshes().length).toBe(before)
    server.fail(undefined)
    for (const wake of browser.tabs.get('a')?.wake ?? []) wake('online')
    await time.pass(1000)
    expect(
      refreshes()
        .slice(before)
        .map(({ verdict }) => verdict),
    ).toEqual(['rotate'])
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
