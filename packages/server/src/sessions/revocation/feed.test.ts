import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openTestServer } from '../../../test/harness.ts'
import { decode, partsOf } from '../../../test/tokens/workshop.ts'
import { newId } from '../../ids.ts'
import { createFeed } from './feed.ts'
import { createRevokedSessions } from './revoked.ts'

const memoryMs = 960_000

async function open() {
  const { deployment, clock, close } = await openTestServer()
  const revoked = createRevokedSessions(memoryMs)
  const options = { issuer: 'http://127.0.0.1:8000', keyRing: deployment.keyRing, clock, memoryMs }
  return { revoked, options, clock, feed: createFeed({ ...options, revoked }), close }
}

function digestsIn(text: string): string[] {
  const { revoked } = decode(partsOf(text).payload) as { revoked: string }
  return revoked.match(/.{1,22}/g)?.length ? slices(Buffer.from(revoked, 'base64url')) : []
}

function slices(bytes: Buffer): string[] {
  return Array.from({ length: bytes.length / 16 }, (_, index) =>
    bytes.subarray(index * 16, index * 16 + 16).toString('hex'),
  )
}

function digestOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32)
}

const ids = [1, 2, 3].map(newId)
const [a = '', b = '', c = ''] = ids

describe('the feed of revoked sessions', () => {
  test('says who it is from, what it is, and for how long an entry counts', async () => {
    const { feed, close } = await open()
    const { header, payload } = partsOf(feed.edition(undefined).text)
    expect(decode(header)).toMatchObject({ typ: 'revoked+jwt', alg: 'ES256' })
    expect(decode(payload)).toMatchObject({ iss: 'http://127.0.0.1:8000', memory: 960, revoked: '' })
    await close()
  })

  test('has everything for a new reader, and for an old one what came after it', async () => {
    const { feed, revoked, close } = await open()
    revoked.add([a, b], 'logout', 1)
    const first = feed.edition(undefined)
    expect(digestsIn(first.text)).toEqual([a, b].map(digestOf))
    expect(feed.isNewest(first.cursor)).toBe(true)
    revoked.merge([{ sessionId: b, reason: 'logout', revokedAt: 1 }])
    expect(feed.isNewest(first.cursor)).toBe(true)
    revoked.add([c], 'reuse', 2)
    expect(feed.isNewest(first.cursor)).toBe(false)
    const delta = feed.edition(first.cursor)
    expect(digestsIn(delta.text)).toEqual([digestOf(c)])
    expect(decode(partsOf(delta.text).payload)).toMatchObject({ since: first.cursor, cursor: delta.cursor })
    expect(digestsIn(feed.edition(delta.cursor).text)).toEqual([])
    await close()
  })

  test.each([
    '',
    'x',
    'AAAAAAAAAAAA.1.1800000006000.1x1',
    'AAAAAAAAAAAA.1.1.1x1\n',
    '.1',
    'other.5',
    '1',
    'a.b.c',
    `${'9'.repeat(400)}`,
  ])('a cursor of another process (%s) gets everything, and no delta', async (cursor) => {
    const { feed, revoked, close } = await open()
    revoked.add([a], 'logout', 1)
    const { text } = feed.edition(cursor)
    expect(digestsIn(text)).toEqual([digestOf(a)])
    expect(decode(partsOf(text).payload)).not.toHaveProperty('since')
    await close()
  })

  test('an edition is signed anew after half a minute: its age shows whose word it is', async () => {
    const { feed, clock, close } = await open()
    const first = feed.edition(undefined)
    clock.advance(29_000)
    expect(feed.edition(undefined)).toBe(first)
    clock.advance(1_000)
    const second = feed.edition(undefined)
    expect(second.cursor).toBe(first.cursor)
    expect(decode(partsOf(second.text).payload)).toMatchObject({ iat: Math.floor(clock() / 1000) })
    await close()
  })

  test('what no live token can belong to is left out', async () => {
    const { feed, revoked, close } = await open()
    revoked.add([a], 'logout', 1)
    revoked.add([b], 'logout', memoryMs)
    revoked.prune(memoryMs + 2)
    expect(digestsIn(feed.edition(undefined).text)).toEqual([digestOf(b)])
    await close()
  })
})

describe('a reader that comes from another process', () => {
  /** Two processes that tell each other, and read the same clock. */
  async function openTwo() {
    const { options, revoked: one, feed: first, clock, close } = await open()
    const two = createRevokedSessions(memoryMs)
    return { one, first, two, second: createFeed({ ...options, revoked: two }), clock, close }
  }

  test('is not told again what both processes know', async () => {
    const { one, first, two, second, clock, close } = await openTwo()
    for (const process of [one, two]) process.add([a, b], 'logout', clock())
    two.add([c], 'logout', clock() - 120_000)
    expect(second.isNewest(first.edition(undefined).cursor)).toBe(true)
    await close()
  })

  test('gets what was revoked since, and the minute before, not everything', async () => {
    const { one, first, two, second, clock, close } = await openTwo()
    for (const process of [one, two]) process.add([a], 'logout', clock() - 120_000)
    one.add([b], 'logout', clock())
    const { cursor } = first.edition(undefined)
    two.add([b, c], 'logout', clock())
    expect(second.isNewest(cursor)).toBe(false)
    expect(digestsIn(second.edition(cursor).text)).toEqual([b, c].map(digestOf))
    expect(decode(partsOf(second.edition(cursor).text).payload)).toMatchObject({ since: cursor })
    await close()
  })

  test('waits at one that is behind, and gets everything after a clock was set back', async () => {
    const { one, first, two, second, clock, close } = await openTwo()
    two.add([a], 'logout', clock() - 1_000)
    one.add([a, b], 'logout', clock())
    const { cursor } = first.edition(undefined)
    expect(second.isNewest(cursor)).toBe(true)
    clock.advance(-3_600_000)
    expect(second.isNewest(cursor)).toBe(false)
    expect(digestsIn(second.edition(cursor).text)).toEqual([digestOf(a)])
    await close()
  })

  test('knows all in the end, wherever each of its requests goes, and is then at rest', async () => {
    const { options, clock, close } = await open()
    const act = fc.record({
      at: fc.nat(1),
      does: fc.constantFrom('revoke', 'ask', 'tell'),
      after: fc.nat(20_000),
    })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const processes = [createRevokedSessions(memoryMs), createRevokedSessions(memoryMs)]
        const feeds = processes.map((revoked) => createFeed({ ...options, revoked }))
        const all: { sessionId: string; reason: 'logout'; revokedAt: number }[] = []
        const known = new Set<string>()
        let cursor: string | undefined
        const tell = () => {
          for (const process of processes) process.merge(all)
        }
        const ask = (at: number) => {
          if (cursor !== undefined && feeds[at]?.isNewest(cursor)) return
          const edition = feeds[at]?.edition(cursor)
          for (const digest of digestsIn(edition?.text ?? '')) known.add(digest)
          cursor = edition?.cursor
        }
        for (const { at, does, after } of acts) {
          clock.advance(after)
          // Processes hear of each other within a second: long before the minute that an edition looks back.
          if (after > 1_000) tell()
          if (does === 'tell') tell()
          if (does === 'ask') ask(at)
          if (does !== 'revoke') continue
          all.push({ sessionId: newId(clock()), reason: 'logout', revokedAt: clock() })
          processes[at]?.merge(all.slice(-1))
        }
        tell()
        ask(0)
        ask(1)
        expect([...known].sort()).toEqual(all.map(({ sessionId }) => digestOf(sessionId)).sort())
        expect(feeds.map((feed) => feed.isNewest(cursor ?? ''))).toEqual([true, true])
      }),
      { numRuns: 200 },
    )
    await close()
  })
})
