import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, openTestServer, type TestServer, type TokenPair } from '../harness.ts'

const profiles = [
  { version: '5.2', sliding: 'false' },
  { version: '5.5', sliding: 'false' },
  { version: '5.5', sliding: 'true' },
] as const

const words = new Set([
  ...['Token is invalid or expired', 'Token is invalid', 'Token is expired', 'Token is blacklisted'],
  ...['Token has wrong type', "Token 'refresh_exp' claim has expired"],
  ...['This field may not be blank.', 'Null characters are not allowed.'],
  'Authorization header must contain two space-delimited values',
  'Authentication credentials were not provided.',
])

/** Every sentence of an answer, wherever it stands. */
function sentencesOf(answer: unknown): string[] {
  if (typeof answer === 'string') return [answer]
  const {
    code: _,
    token_class: __,
    token_type: ___,
    ...rest
  } = { ...(answer as object) } as Record<string, unknown>
  const { messages, detail, ...faults } = rest
  if (Array.isArray(messages)) return messages.flatMap(sentencesOf)
  return [...(detail === undefined ? [] : [String(detail)]), ...Object.values(faults).flat().map(String)]
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const json = fc.json().map((text) => base64url(Buffer.from(text)))
const part = fc.oneof(fc.uint8Array({ maxLength: 80 }).map(base64url), json, fc.string({ maxLength: 40 }))
const threeParts = fc.tuple(part, part, part).map((parts) => parts.join('.'))

/** A good token with some of it cut, doubled or changed. */
function mutated(tokens: readonly string[]): fc.Arbitrary<string> {
  return fc
    .record({
      token: fc.constantFrom(...tokens),
      at: fc.nat(2_000),
      how: fc.constantFrom('cut', 'twice', 'flip'),
    })
    .map(({ token, at, how }) => {
      const place = at % token.length
      if (how === 'cut') return token.slice(0, place)
      if (how === 'twice') return token.slice(0, place) + token
      const other = token[place] === 'A' ? 'B' : 'A'
      return token.slice(0, place) + other + token.slice(place + 1)
    })
    .filter((token) => !tokens.includes(token))
}

describe.each(profiles)('simplejwt $version, sliding $sliding', ({ version, sliding }) => {
  let server: TestServer
  let pair: TokenPair & { token: string }
  beforeAll(async () => {
    server = await openTestServer({
      env: { COUNTERSIGN_SIMPLEJWT: version, COUNTERSIGN_SLIDING_TOKENS: sliding },
    })
    pair = (await server.session()) as typeof pair
  })
  afterAll(() => server.close())

  test('H02, T01: garbage for a token gets one of the texts, and never a server error', async () => {
    const good = sliding === 'true' ? [pair.token] : [pair.access, pair.refresh]
    const field = sliding === 'true' ? 'token' : 'refresh'
    const garbage = fc.oneof(fc.string({ unit: 'binary' }), threeParts, mutated(good))
    await fc.assert(
      fc.asyncProperty(garbage, async (token) => {
        const answers = [
          await server.post('/api/token/verify/', { token }),
          await server.post('/api/token/refresh/', { [field]: token }),
          await server.post('/api/token/blacklist/', { [field]: token }),
          await server.get('/api/protected/', bearer(token.replace(/[^\x21-\x7e]/g, ''))),
        ]
        for (const { status, json } of answers) {
          expect([400, 401]).toContain(status)
          for (const sentence of sentencesOf(json())) expect(words).toContain(sentence)
        }
      }),
      { numRuns: 150 },
    )
  })
})
