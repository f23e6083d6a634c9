import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, bearer, openTestServer, type TestServer } from '../harness.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({ env: { COUNTERSIGN_HASH_PARALLEL: '1', COUNTERSIGN_HASH_QUEUE: '1' } })
})
afterAll(() => server.close())

test('logins beyond the queue hear when to come again, and refreshes and guarded routes are served meanwhile', async () => {
  const { access, refresh } = await server.session()
  const login = { username: 'alice', password: 'correct horse battery' }
  const flood = Promise.all(Array.from({ length: 12 }, () => server.post('/api/login/', login)))
  const others = await Promise.all([
    server.get('/api/protected/', bearer(access)),
    server.post('/api/token/refresh/', { refresh }),
  ])
  expect(others.map(({ status }) => status)).toEqual([200, 200])
  const { 200: served = [], 503: shed = [], ...rest } = Object.groupBy(await flood, ({ status }) => status)
  expect(rest).toEqual({})
  expect(served.length).toBeGreaterThanOrEqual(2)
  expect(shed.length).toBeGreaterThan(0)
  for (const answer of shed) expectOverloaded(answer)
})

function expectOverloaded({ text, headers }: Answer): void {
  expect(text).toBe('{"detail":"Too many logins at once. Try again shortly."}')
  expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(headers['content-type']).toBe('application/json')
}
