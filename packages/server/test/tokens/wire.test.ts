import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { bearer, handClock, openTestServer, type TestServer, type TokenPair } from '../harness.ts'
import { lastCharacters, spellings } from './forgeries.ts'
import { decode, encode, join, partsOf } from './workshop.ts'

const invalid = { detail: 'Token is invalid or expired', code: 'token_not_valid' }
const wrongType = { detail: 'Token has wrong type', code: 'token_not_valid' }

/** A store that says which verbs it was asked. */
function watched(store: Store): { store: Store; calls: string[] } {
  const calls: string[] = []
  const watching = new Proxy(store, {
    get(target, name: keyof Store) {
      calls.push(name)
      return target[name]
    },
  })
  return { store: watching, calls }
}

let server: TestServer
let pair: TokenPair
let calls: string[]

beforeAll(async () => {
  const clock = handClock()
  const made = watched(await openSqliteStore({ file: ':memory:', now: clock() }))
  server = await openTestServer({ store: made.store, clock })
  pair = await server.session()
  calls = made.calls
})
afterAll(() => server.close())

async function callsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const before = calls.length
  await work()
  // What was recorded before may be written down at any time; nobody waits for it.
  return calls.slice(before).filter((name) => name !== 'appendEvents')
}

function forged(token: string): [string, string][] {
  const parts = partsOf(token)
  const edited = encode({ ...decode(parts.payload), sub: 'root', gen: 7 })
  return [
    ...spellings(token),
    ...lastCharacters(token),
    ['edited', join({ ...parts, payload: edited })],
    ['without a signature', join({ ...parts, signature: '' })],
    ['alg none', join({ header: encode({ alg: 'none' }), payload: parts.payload, signature: '' })],
    ['garbage', 'garbage'],
  ].map(([name = '', text = '']) => [name, text])
}

/** JSON and headers carry these as they are; others end before they get to us. */
function fitsHeader([, token]: [string, string]): boolean {
  return /^[\x21-\x7e]+$/.test(token)
}

describe('a forged refresh token dies before the database is asked', () => {
  test('at refresh', async () => {
    for (const [name, refresh] of forged(pair.refresh).filter(fitsHeader)) {
      const asked = await callsDuring(async () => {
        const answer = await server.post('/api/token/refresh/', { refresh })
        expect([answer.status, answer.json()], name).toEqual([401, invalid])
      })
      expect(asked, name).toEqual([])
    }
  })

  test('at logout', async () => {
    for (const [name, refresh] of forged(pair.refresh).filter(fitsHeader)) {
      const asked = await callsDuring(async () => {
        const answer = await server.post('/api/logout/', { refresh })
        expect([answer.status, answer.json()], name).toEqual([401, invalid])
      })
      expect(asked, name).toEqual([])
    }
  })

  test('control: the good one asks, and once is enough', async () => {
    const asked = await callsDuring(() => server.post('/api/token/refresh/', { refresh: pair.refresh }))
    expect(asked).toEqual(['rotateSession'])
  })
})

describe('an access token never asks the database', () => {
  test('good or forged', async () => {
    const asked = await callsDuring(async () => {
      expect((await server.get('/api/protected/', bearer(pair.access))).status).toBe(200)
      for (const [name, token] of forged(pair.access).filter(fitsHeader))
        expect((await server.get('/api/protected/', bearer(token))).status, name).toBe(401)
    })
    expect(asked).toEqual([])
  })

  test('T26: the refusal says why in the words of the contract', async () => {
    const answer = await server.get('/api/protected/', bearer('garbage'))
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer\b/)
    expect(answer.json()).toEqual({
      detail: 'Given token not valid for any token type',
      code: 'token_not_valid',
      messages: [
        { token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' },
      ],
    })
  })
})

describe('T11: each place takes one kind of token', () => {
  test('a refresh token as access token', async () => {
    const answer = await server.get('/api/protected/', bearer(pair.refresh))
    expect(answer.status).toBe(401)
    expect(answer.json().messages).toEqual([
      { token_class: 'AccessToken', token_type: 'access', message: 'Token has wrong type' },
    ])
  })

  test.each(['/api/token/refresh/', '/api/logout/'])('an access token at %s', async (path) => {
    const answer = await server.post(path, { refresh: pair.access })
    expect([answer.status, answer.json()]).toEqual([401, wrongType])
  })
})

describe('T25: an access token counts in the Authorization header alone', () => {
  test.each([
    ['the query', '/api/protected/?access_token=TOKEN&token=TOKEN', {}],
    [
      'a cookie',
      '/api/protected/',
      { cookie: 'access=TOKEN; access_token=TOKEN; Authorization=Bearer TOKEN' },
    ],
    ['another header', '/api/protected/', { 'x-authorization': 'Bearer TOKEN', 'x-access-token': 'TOKEN' }],
    [
      'a proxy header',
      '/api/protected/',
      { 'proxy-authorization': 'Bearer TOKEN', 'x-forwarded-user': 'alice' },
    ],
    ['another scheme', '/api/protected/', { authorization: 'Token TOKEN' }],
    ['Basic', '/api/protected/', { authorization: `Basic ${Buffer.from('alice:TOKEN').toString('base64')}` }],
  ])('not in %s', async (_, path, headers) => {
    const put = (text: string) => text.replaceAll('TOKEN', pair.access)
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, put(value)]))
    const answer = await server.get(put(path), sent)
    expect(answer.status).toBe(401)
    expect(answer.json()).toEqual({ detail: 'Authentication credentials were not provided.' })
  })
})

test('T12: the lifetimes are 900 and 604800 seconds', () => {
  expect([pair.access_expires_in, pair.refresh_expires_in]).toEqual([900, 604_800])
})
