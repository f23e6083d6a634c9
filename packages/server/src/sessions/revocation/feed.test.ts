import { createHash } from 'node:crypto'
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
  return { revoked, options, feed: createFeed({ ...options, revoked }), close }
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

  test('a second process answers a cursor of the first with everything', async () => {
    const { feed, revoked, options, close } = await open()
    revoked.add([a], 'logout', 1)
    const other = createFeed({ ...options, revoked })
    expect(digestsIn(other.edition(feed.edition(undefined).cursor).text)).toEqual([digestOf(a)])
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
