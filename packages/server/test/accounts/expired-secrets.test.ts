import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startBackground } from '../../src/background/background.ts'
import { openTestServer, temporaryFolder } from '../harness.ts'
import { eventually } from '../races/http-client.ts'
import { withRawDatabase } from '../store/raw-database.ts'

test('secrets that nobody has used in time are deleted, and no other', async () => {
  const file = join(temporaryFolder(), 'countersign.db')
  const server = await openTestServer({ env: { DATABASE_URL: `sqlite:${file}` } })
  await server.session('alice')
  await server.session('bob')
  for (const name of ['alice', 'bob']) {
    await server.post('/api/email/verify/resend/', { email: `${name}@example.com` })
    await server.post('/api/password/reset/', { email: `${name}@example.com` })
  }
  server.clock.advance(3_600_000)
  const purposes = () =>
    withRawDatabase(file, (db) => db.prepare('SELECT purpose FROM one_time_secrets').pluck().all().join())
  expect(purposes().split(',')).toHaveLength(4)
  const stop = startBackground(server.deployment)
  await eventually(async () => purposes(), 'verify_email,verify_email')
  await stop()
  await server.close()
})
