import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { verifyChain } from '../../src/audit/trail/verify.ts'
import { startBackground } from '../../src/background/background.ts'
import { openTestServer } from '../harness.ts'

test('a server deletes what is older than the trail goes back, tells it, and keeps the rest whole', async () => {
  const server = await openTestServer({ env: { COUNTERSIGN_AUDIT_RETENTION: '30d' } })
  const { store, trail } = server.deployment
  await server.session('alice')
  await trail.flush()
  server.clock.advance(31 * 86_400_000)
  await server.session('bob')
  await trail.flush()
  const stop = startBackground(server.deployment)
  while ((await store.readChain()).kept_after === 0) await pause(20)
  await stop()
  await trail.flush()
  const rows = await store.readEvents({ after: 0, limit: 100 })
  expect(rows.map(({ number, event, details }) => [number, event, details])).toEqual([
    [3, 'auth.register.succeeded', null],
    [4, 'auth.login.succeeded', null],
    [5, 'audit.deleted', '{"count":2}'],
  ])
  expect(await verifyChain(store)).toMatchObject({ outcome: 'whole', first: 3, last: 5 })
  await server.close()
})
