import { expect, test } from 'vitest'
import { openTestServer } from '../../test/harness.ts'

const usualHashing = { COUNTERSIGN_ARGON2_MEMORY_KIB: '19456', COUNTERSIGN_ARGON2_TIME: '2' }
const password = 'correct horse battery'
const attemptsEach = 50

const whoever = {
  'unknown user': { username: 'nobody', password },
  'wrong password': { username: 'alice', password: 'another horse battery' },
  'disabled user': { username: 'bob', password },
} as const
type Who = keyof typeof whoever

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

async function open() {
  const server = await openTestServer({ env: { ...usualHashing, COUNTERSIGN_HASH_PARALLEL: '1' } })
  await server.session('alice', password)
  await server.session('bob', password)
  const bob = await server.deployment.store.findUserByName('bob')
  await server.deployment.store.updateUser({ userId: bob?.id ?? '', set: { is_active: 0 } })
  return server
}

/** Processor time of this process, its threads included: what others do on the machine is not in it. */
async function workOf(login: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await login()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

test('unknown user, wrong password and disabled user: the same answer to the byte', async () => {
  const server = await open()
  const answers = []
  for (const body of Object.values(whoever)) {
    const { status, text, headers } = await server.post('/api/login/', body)
    const { 'x-request-id': _, date: __, ...rest } = headers
    answers.push({ status, text, rest })
  }
  expect(answers[0]?.status).toBe(401)
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  await server.close()
})

test('unknown user, wrong password and disabled user: the same work', { retry: 2 }, async () => {
  const server = await open()
  const work: Record<Who, number[]> = { 'unknown user': [], 'wrong password': [], 'disabled user': [] }
  const all = Object.entries(whoever) as [Who, { username: string; password: string }][]
  for (const [, body] of all) await server.post('/api/login/', body)
  for (let attempt = 0; attempt < attemptsEach; attempt += 1) {
    for (const [who, body] of all) work[who].push(await workOf(() => server.post('/api/login/', body)))
  }
  await server.close()
  const usual = median(work['wrong password'])
  const ratios = all.map(([who]) => ({ who, ratio: median(work[who]) / usual }))
  console.log(
    `login: ${usual} µs of work; ${ratios.map(({ who, ratio }) => `${who} ${ratio.toFixed(3)}`).join(', ')}`,
  )
  for (const { who, ratio } of ratios) {
    expect(ratio, who).toBeGreaterThan(0.9)
    expect(ratio, who).toBeLessThan(1.11)
  }
})
