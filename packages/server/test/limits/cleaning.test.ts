import { expect, test } from 'vitest'
import { startBackground } from '../../src/background/background.ts'
import { openTestServer } from '../harness.ts'
import { eventually } from '../races/http-client.ts'

test('P18: rows that count no more are deleted in the background', async () => {
  const server = await openTestServer({ env: { COUNTERSIGN_LIMITS: '1' } })
  const { store } = server.deployment
  const { deleteStaleLimits } = store
  let deleted = 0
  store.deleteStaleLimits = async (input) => {
    const now = await deleteStaleLimits(input)
    deleted += now
    return now
  }
  for (let tried = 0; tried < 20; tried += 1)
    await server.post('/api/login/', { username: `user${tried}`, password: 'not the password' })
  const stop = startBackground(server.deployment)
  server.clock.advance(2 * 86_400_000)
  // One of the address, two of each name.
  await eventually(async () => deleted, 41)
  await stop()
  expect(deleted).toBe(41)
  await server.close()
})
