import { expect, test } from 'vitest'
import { spawnServer, temporaryFolder } from '../../harness.ts'
import { djangoSecret } from './simplejwt.ts'

const day = 86_400_000

async function logOf(env: Record<string, string>): Promise<string[]> {
  const server = await spawnServer({ data: temporaryFolder(), env })
  await server.stop()
  return server.logs
}

test.each([
  ['one process', {}],
  ['several workers', { COUNTERSIGN_WORKERS: '2' }],
])('each start says until when the key is honoured: %s', async (_, more) => {
  const until = new Date(Date.now() + day).toISOString()
  const secret = { COUNTERSIGN_DJANGO_SECRET: djangoSecret, COUNTERSIGN_DJANGO_UNTIL: until }
  const logs = await logOf({ ...secret, COUNTERSIGN_DJANGO_SIGN: 'true', ...more })
  const told = logs.filter((line) => line.includes('"server.django_key"')).map((line) => JSON.parse(line))
  expect(told).toMatchObject([{ level: 'warn', reason: expect.stringContaining(`until ${until}`) }])
  expect(logs.join('\n')).not.toContain(djangoSecret)
})

test('without it no start says anything of it', async () => {
  expect((await logOf({})).filter((line) => line.includes('django'))).toEqual([])
})
