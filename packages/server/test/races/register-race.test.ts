import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DeployedServers, type DeployOptions, deployServers } from './deployment.ts'
import type { Reply } from './http-client.ts'

const taken = {
  username: { username: ['A user with that username already exists.'] },
  email: { email: ['This field must be unique.'] },
}

function outcomes(replies: readonly Reply[]): { created: number; refused: unknown[] } {
  expect(replies.filter(({ status }) => status !== 201 && status !== 400)).toEqual([])
  return {
    created: replies.filter(({ status }) => status === 201).length,
    refused: replies.filter(({ status }) => status === 400).map((reply) => reply.json()),
  }
}

const races: { name: string; fields: (turn: number, round: number) => object; refusal: object }[] = [
  {
    name: 'one name',
    fields: (turn, round) => ({ username: `same${round}`, email: `a${round}-${turn}@example.com` }),
    refusal: taken.username,
  },
  {
    name: 'one name in several spellings',
    fields: (turn, round) => ({
      username: [`spelt${round}`, `SPELT${round}`, `sPeLt${round}`, `ｓｐｅｌｔ${round}`][turn % 4],
      email: `b${round}-${turn}@example.com`,
    }),
    refusal: taken.username,
  },
  {
    name: 'one e-mail',
    fields: (turn, round) => ({ username: `mail${round}x${turn}`, email: `same${round}@example.com` }),
    refusal: taken.email,
  },
  {
    name: 'one e-mail in several spellings',
    fields: (turn, round) => ({
      username: `post${round}x${turn}`,
      email: turn % 2 ? `Case${round}@Example.COM` : `case${round}@example.com`,
    }),
    refusal: taken.email,
  },
]

const deployments: DeployOptions[] = [
  { store: 'SQLite', count: 2 },
  { store: 'PostgreSQL', count: 3 },
]

describe.each(deployments)('P23: 16 registrations at once, $store, $count servers', (deployment) => {
  let servers: DeployedServers
  beforeAll(async () => {
    servers = await deployServers(deployment)
  })
  afterAll(() => servers.close())

  test.each(races)('of $name: one is created', async ({ fields, refusal }) => {
    for (let round = 0; round < 4; round += 1) {
      const replies = await Promise.all(
        Array.from({ length: 16 }, (_, turn) => servers.client(turn).register('', fields(turn, round))),
      )
      const { created, refused } = outcomes(replies)
      expect(created).toBe(1)
      expect(refused).toEqual(Array.from({ length: 15 }, () => refusal))
    }
  })
})
