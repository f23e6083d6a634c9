import { expect, test } from 'vitest'
import { type Client, createClientOn } from '../../src/client.ts'
import { type Host, surroundings } from '../../src/host.ts'
import type { TokenStorage } from '../../src/kept/storage.ts'
import { blow, openStorm, password, registerUsers, sleep, stormSeconds } from './storm.ts'

const users = Array.from({ length: 100 }, (_, index) => `sailor${index}`)
const tabsEach = 3

/** Short, since a pair is exchanged after twice that at the earliest. */
const timeoutSeconds = 2

const counts = { reloads: 0, clockJumps: 0 }

/** The tabs of one user: one storage, one clock, and word of each other's writes a few milliseconds later. */
function openDevice(baseUrl: string, onSignedOut: (reason: string) => void) {
  const texts = new Map<string, string>()
  const hearers = new Set<(message: unknown) => void>()
  let offset = 0
  const storage: TokenStorage = {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => texts.set(key, value),
  }
  const host: Host = {
    ...surroundings(),
    now: () => Date.now() + offset,
    settleMs: 5,
    openChannel(_, hear) {
      hearers.add(hear)
      return {
        post: (message) =>
          void setTimeout(() => hearers.forEach((one) => void (one !== hear && one(message))), 5),
        close: () => hearers.delete(hear),
      }
    },
  }
  return {
    jump(ms: number) {
      offset += ms
      counts.clockJumps += 1
    },
    openTab: (): Client =>
      createClientOn(host, {
        baseUrl,
        storage,
        timeoutSeconds,
        onEvent: (event) => event.type === 'signed_out' && onSignedOut(event.reason),
      }),
  }
}

test(`${users.length * tabsEach} clients in Node: nobody is signed out`, { timeout: 0 }, async () => {
  const storm = await openStorm()
  await registerUsers(storm, users)
  const signedOut: string[] = []
  const devices = users.map((name) =>
    openDevice(storm.address, (reason) => signedOut.push(`${name} ${reason}`)),
  )
  const fleets = devices.map((device) => Array.from({ length: tabsEach }, () => device.openTab()))
  for (const [index, [first]] of fleets.entries()) {
    await first?.login({ username: users[index] ?? '', password })
  }

  let isOver = false
  const begun = Date.now()
  const sailing = fleets.flatMap((fleet, at) => fleet.map((_, tab) => sail(at, tab)))
  const jumping = devices.map(async (device) => {
    for (; !isOver; await sleep(5000 + 20_000 * Math.random())) device.jump((Math.random() - 0.5) * 7_200_000)
  })

  /** What the user of one tab does, and what happens to it. */
  async function sail(at: number, tab: number): Promise<void> {
    const fleet = fleets[at] ?? []
    while (!isOver) {
      await sleep(800 * Math.random())
      const dice = Math.random()
      const device = devices[at] as (typeof devices)[number]
      if (dice < 0.05) {
        counts.reloads += 1
        fleet[tab]?.dispose()
        fleet[tab] = device.openTab()
      } else if (dice < 0.6) await fleet[tab]?.refresh().catch(() => undefined)
      else if (dice < 0.8) await fleet[tab]?.getAccessToken().catch(() => undefined)
      else await fleet[tab]?.fetch('/api/protected/').catch(() => undefined)
    }
  }

  await blow(storm, () => sleep(500))
  isOver = true
  await Promise.all([...sailing, ...jumping])
  // After the storm everybody gets a token that the server takes.
  await sleep(1000)
  const answers = await Promise.all(fleets.flat().map((client) => answerOf(client)))
  for (const client of fleets.flat()) client.dispose()
  const { rotations, ended, live, thefts } = await storm.close()
  console.log(
    `${users.length} sessions, ${fleets.flat().length} clients, ${Math.round((Date.now() - begun) / 1000)} s:`,
    {
      ...storm.counts,
      ...counts,
      ...{ rotations, accidentalLogouts: signedOut.length, ended: ended.length, live: live.length },
    },
  )
  expect(thefts).toEqual([])
  expect(signedOut).toEqual([])
  expect(ended).toEqual([])
  expect(live).toEqual(users.map(() => 1))
  expect(new Set(answers)).toEqual(new Set([200]))
  expect(rotations).toBeGreaterThan(stormSeconds * 3)
})

/** Its status, once the pause after the last failure is over. */
async function answerOf(client: Client): Promise<number> {
  for (let turn = 0; turn < 100; turn += 1) {
    const answer = await client.fetch('/api/protected/').catch(() => undefined)
    if (answer?.status === 200) return 200
    await sleep(1000)
  }
  return 0
}
