import { afterAll, describe, expect, test } from 'vitest'
import { handClock } from '../../server/test/harness.ts'
import { openInProcess, outcome } from './in-process.ts'
import { until } from './servers.ts'

const world = await openInProcess()
afterAll(() => world.close())
const token = world.issue()

const bad: Record<string, () => Response> = {
  'an answer of 500': () => new Response('', { status: 500 }),
  'a page of a proxy': () => new Response('<html>Welcome</html>'),
  'an empty body': () => new Response(''),
  null: () => new Response('null'),
  'an empty object': () => new Response('{}'),
  'an empty list of keys': () => Response.json({ keys: [] }),
  'keys that are no list': () => Response.json({ keys: 'all' }),
  'a list of null': () => Response.json({ keys: [null] }),
  'a body without end': () =>
    new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(262_144)) })),
}

describe('the keys', () => {
  test('a thousand first requests ask for them once', async () => {
    const before = world.asked.length
    const guard = world.guard({ revocation: false })
    const tokens = Array.from({ length: 1_000 }, () => world.issue())
    const said = await Promise.all(tokens.map((one) => outcome(guard, one)))
    expect(new Set(said)).toEqual(new Set(['in: alice']))
    expect(world.asked.slice(before)).toEqual(['/.well-known/oauth-authorization-server', '/jwks.json'])
  })

  test.each(
    Object.entries(bad),
  )('those that are here go on verifying after %s, and it is told', async (_, answer) => {
    const own = await openInProcess({ clock: handClock() })
    const failures: unknown[] = []
    let isBad = false
    const guard = own.guard({
      revocation: false,
      onFailure: (error) => failures.push(error),
      answering: (path) => (isBad && path === '/jwks.json' ? Promise.resolve(answer()) : undefined),
    })
    const [first, second] = [own.issue(), own.issue()]
    expect(await outcome(guard, first)).toBe('in: alice')
    isBad = true
    own.clock.advance(300_001)
    for (const one of [first, second]) expect(await outcome(guard, one)).toBe('in: alice')
    await until(() => failures.length > 0)
    for (const one of [first, second]) expect(await outcome(guard, one)).toBe('in: alice')
    expect(guard.status().keys?.ageMs).toBe(300_001)
    await own.close()
  })

  test.each(
    Object.entries(bad),
  )('without any, %s makes it unavailable, and the next second asks again', async (_, answer) => {
    const own = await openInProcess({ clock: handClock() })
    let isBad = true
    const guard = own.guard({
      revocation: false,
      answering: () => (isBad ? Promise.resolve(answer()) : undefined),
    })
    const first = own.issue()
    expect(await outcome(guard, first)).toBe('unavailable')
    isBad = false
    expect(await outcome(guard, first)).toBe('unavailable')
    own.clock.advance(1_000)
    expect(await outcome(guard, first)).toBe('in: alice')
    await own.close()
  })
})

describe('a server that never answers', () => {
  const hanging = (signal: AbortSignal | undefined) =>
    new Promise<Response>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

  test('holds nobody up who shows a key that is here', async () => {
    const own = await openInProcess({ clock: handClock() })
    let isHanging = false
    const guard = own.guard({
      revocation: false,
      answering: (_path, _url, signal) => (isHanging ? hanging(signal) : undefined),
    })
    expect(await outcome(guard, own.issue())).toBe('in: alice')
    isHanging = true
    own.clock.advance(300_001)
    expect(await outcome(guard, own.issue('bob'))).toBe('in: bob')
    await own.close()
  })

  test('is given up after seconds: unavailable, as one answer to all who wait', async () => {
    const guard = world.guard({ answering: (_path, _url, signal) => hanging(signal) })
    const said = await Promise.all(Array.from({ length: 50 }, () => outcome(guard, token)))
    expect(new Set(said)).toEqual(new Set(['unavailable']))
  })
})
