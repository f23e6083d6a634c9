import type { ClientEvent } from '../src/events.ts'
import type { ClientOptions } from '../src/options.ts'
import { createBrowser, createServer, createTime, type Fate, goodFate } from './world.ts'

export const alice = { username: 'alice', password: 'correct horse battery' }

/** One browser and a server; what is asked is answered while time passes. */
export function openWorld({ ttlSeconds = 900, graceMs = 10_000 } = {}) {
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

export async function loggedIn(options?: Parameters<typeof openWorld>[0]) {
  const world = openWorld(options)
  const client = world.open('a')
  await world.during(200, client.login(alice))
  return { ...world, client }
}

export const minutes = (count: number) => count * 60_000
