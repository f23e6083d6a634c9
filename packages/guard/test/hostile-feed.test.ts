import { afterAll, describe, expect, test } from 'vitest'
import { createDice, mutate } from '../../server/test/tokens/mutations.ts'
import { decode, encode, partsOf } from '../../server/test/tokens/workshop.ts'
import { readEdition } from '../src/edition.ts'
import { openInProcess, outcome } from './in-process.ts'
import { until } from './servers.ts'

const world = await openInProcess()
afterAll(() => world.close())

const [ended, live] = [world.issue('mallory'), world.issue()]
const empty = world.feed.edition(undefined)
world.revoke(ended)
const good = world.feed.edition(undefined)
const { header, payload } = partsOf(good.text)
const claims = decode(payload)

/** An edition that only the issuer could sign, and would not. */
const signed = (change: object, head: object = {}) =>
  world.signHeader({ ...decode(header), ...head }, { ...claims, revoked: '', ...change })

/** What is answered instead of the second edition. Those that the issuer has signed and never would come last. */
const answers: Record<string, () => Response> = {
  'a signature of another edition': () =>
    new Response(`${header}.${payload}.${partsOf(empty.text).signature}`),
  'the entries taken out': () =>
    new Response(`${header}.${encode({ ...claims, revoked: '' })}.${partsOf(good.text).signature}`),
  'an access token': () => new Response(live),
  'no signature': () => new Response(`${encode({ alg: 'none', typ: 'revoked+jwt' })}.${payload}.`),
  'an empty body': () => new Response(''),
  'a page of a proxy': () =>
    new Response('<html>Welcome</html>', { headers: { 'content-type': 'text/html' } }),
  'an answer of 500': () => new Response('', { status: 500 }),
  'an answer of 204': () => new Response(null, { status: 204 }),
  'a body without end': () => new Response(endless()),
  'another issuer': () => new Response(signed({ iss: 'https://evil.example' })),
  'another typ': () => new Response(signed({}, { typ: 'at+jwt' })),
  'the delta after an edition that we have not read': () => new Response(signed({ since: 'x', cursor: 'y' })),
  'one that was made an hour ago': () => new Response(signed({ iat: Number(claims.iat) - 3_600 })),
  'no cursor': () => new Response(signed({ cursor: undefined })),
  'no memory': () => new Response(signed({ memory: undefined })),
  'no entries': () => new Response(signed({ revoked: undefined })),
  'entries that are cut': () => new Response(signed({ revoked: 'AAAA' })),
  'entries that are a list': () => new Response(signed({ revoked: [] })),
}

function endless(): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(4_194_304)
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) })
}

describe.concurrent('a guard that knows of a session that was revoked', () => {
  test.each(
    Object.entries(answers),
  )('goes on refusing it after %s, and takes that for no word of the issuer', async (_, answer) => {
    const failures: unknown[] = []
    let asked = 0
    const guard = world.guard({
      onFailure: (error) => failures.push(error),
      answering: (path, _, signal) => {
        if (path !== '/revoked-sessions') return undefined
        asked += 1
        if (asked === 1) return undefined
        return asked === 2 ? Promise.resolve(answer()) : hanging(signal)
      },
    })
    expect([await outcome(guard, ended), await outcome(guard, live)]).toEqual(['revoked', 'in: alice'])
    await until(() => failures.length > 0 && asked > 2)
    expect(failures).toEqual([expect.any(Error)])
    expect([await outcome(guard, ended), await outcome(guard, live)]).toEqual(['revoked', 'in: alice'])
  })

  test.each<[string, () => Response]>([
    ['the first edition, from before the logout', () => new Response(empty.text)],
    ['the edition that it has read, again', () => new Response(good.text)],
    [
      'an edition whose entries have had their time',
      () => new Response(signed({ memory: -60, revoked: claims.revoked })),
    ],
    ['an edition of a server that was started anew', () => new Response(signed({ cursor: 'of another' }))],
  ])('goes on refusing it after %s', async (_, answer) => {
    let asked = 0
    const guard = world.guard({
      answering: (path, _, signal) => {
        if (path !== '/revoked-sessions') return undefined
        asked += 1
        if (asked === 1) return undefined
        return asked === 2 ? Promise.resolve(answer()) : hanging(signal)
      },
    })
    expect(await outcome(guard, ended)).toBe('revoked')
    await until(() => asked > 2)
    expect([await outcome(guard, ended), await outcome(guard, live)]).toEqual(['revoked', 'in: alice'])
  })

  test('after a gap it reads everything again', async () => {
    let asked = 0
    const since: (string | null)[] = []
    const guard = world.guard({
      answering: (path, url) => {
        if (path !== '/revoked-sessions') return undefined
        since.push(url.searchParams.get('since'))
        asked += 1
        return asked === 2
          ? (Promise.resolve(
              answers['the delta after an edition that we have not read']?.(),
            ) as Promise<Response>)
          : undefined
      },
    })
    await guard.ready()
    await until(() => since.length > 3)
    expect(since.slice(0, 4)).toEqual([null, good.cursor, null, good.cursor])
  })

  test('304 to whoever has read nothing is no answer', async () => {
    const failures: unknown[] = []
    const guard = world.guard({
      onFailure: (error) => failures.push(error),
      answering: (path) =>
        path === '/revoked-sessions' ? Promise.resolve(new Response(null, { status: 304 })) : undefined,
    })
    expect(await outcome(guard, live)).toBe('unavailable')
    expect(failures.length).toBeGreaterThan(0)
  })

  test('a feed that does not wait is not asked more than once a second', async () => {
    let asked = 0
    const guard = world.guard({
      answering: (path) => {
        if (path !== '/revoked-sessions') return undefined
        asked += 1
        return asked === 1 ? undefined : Promise.resolve(new Response(null, { status: 304 }))
      },
    })
    await guard.ready()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(asked).toBeLessThanOrEqual(4)
  })
})

function hanging(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
}

test('of 5,000 mutated editions none is believed, unless it says what one of them says', async () => {
  const dice = createDice(20_260_103)
  const key = world.publicKey().key
  let text = good.text
  const options = {
    ...{ issuer: String(claims.iss), keys: async () => key, now: world.clock },
    fetch: async () => new Response(text),
  }
  const asked = {
    ...{ address: 'https://auth.example.com/f', since: undefined, waitSeconds: 0 },
    signal: new AbortController().signal,
  }
  const right = []
  for (text of [good.text, empty.text]) right.push(await readEdition(options, asked))
  expect(right.map((edition) => edition?.digests.length)).toEqual([1, 0])
  for (let round = 0; round < 5_000; round += 1) {
    text = mutate([good.text, empty.text], ['payload', 'payload', 'header', 'signature'], dice)
    const read = await readEdition(options, asked).catch(() => undefined)
    if (read) expect(right, text).toContainEqual(read)
  }
})
