import { beforeAll, describe, expect, test } from 'vitest'
import { explanationOf } from '../../../src/explain/explanation.ts'
import { factsOf } from '../../../src/explain/facts.ts'
import { openTestServer, type TestServer } from '../../harness.ts'
import { day, minute, sampleUser } from '../../store/samples.ts'
import { mint, refreshClaims } from './mint.ts'
import { djangoSecret } from './simplejwt.ts'

const start = 1_800_000_000_000

describe('countersign explain, of tokens that Django gave out', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await openTestServer({
      env: {
        COUNTERSIGN_DJANGO_SECRET: djangoSecret,
        COUNTERSIGN_DJANGO_UNTIL: new Date(start + 30 * day).toISOString(),
        // Which lists all that it gives out, so that what is not listed is nothing.
        COUNTERSIGN_SIMPLEJWT: '5.5',
      },
    })
    await server.deployment.store.createUser(sampleUser({ id: '7' }))
    return () => server.close()
  })

  /** What an operator reads about a refresh with it. */
  async function why(token: string): Promise<string> {
    const answer = await server.post('/api/token/refresh/', { refresh: token })
    const { trail, store } = server.deployment
    await trail.flush()
    const requestId = String(answer.headers['x-request-id'])
    const [row] = await store.listEvents({ requestId, event: 'auth.refresh.failed', limit: 1 })
    if (!row) throw new Error(`no event of ${requestId}`)
    return explanationOf(factsOf(row, 'alice', 'this machine’s clock')).why
  }

  test('spent, blacklisted, outdated, of nobody, unknown, expired', async () => {
    const token = mint(refreshClaims(7, start))
    await server.post('/api/token/refresh/', { refresh: token })
    server.clock.advance(minute)
    expect(await why(token)).toMatch(
      /^A spent refresh token was shown: of the deployment before this one, while the session was at generation 0 since .* later and without it\. Such a token is taken for stolen/,
    )
    expect(await why(mint({ ...refreshClaims(7, start), exp: start / 1000 - 60 }))).toMatch(
      /^The refresh token, of the deployment before this one, expired at .* 2 min before this request\.$/,
    )
    expect(await why(mint(refreshClaims(8, start)))).toMatch(/to the user 8, whom nobody here is\.$/)
    const out = mint(refreshClaims(7, start))
    await server.post('/api/logout/', { refresh: out })
    expect(await why(out)).toMatch(/blacklisted there, or logged out with here\.$/)
    const { store } = server.deployment
    await store.endSessionsOfUser({ userId: '7', now: server.clock(), reason: 'operator' })
    expect(await why(mint(refreshClaims(7, start)))).toMatch(
      /before all sessions of its user were ended here\.$/,
    )
    await store.importLegacyTokens([])
    expect(await why(mint(refreshClaims(7, start)))).toMatch(/not among its outstanding tokens/)
    const later = start + 200 * day
    await store.deleteEndedSessions({
      ...{ after: '', limit: 9, now: later, expiredBefore: later, revokedBefore: later },
    })
    expect(await why(token)).toMatch(
      /^The token was once exchanged, of the deployment before this one, and its session is not in the database/,
    )
  })
})
