import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimsOf } from '../contract/tokens.ts'
import {
  type Answer,
  bearer,
  openTestServer,
  type TestServer,
  type TokenPair,
  temporaryFolder,
} from '../harness.ts'
import { createDatabase } from '../postgres/database.ts'
import { letterTo } from './mailbox.ts'

const password = 'correct horse battery'
const rounds = 8

const databases = {
  SQLite: async () => `sqlite:${join(temporaryFolder(), 'countersign.db')}`,
  PostgreSQL: async () => (await createDatabase()).url,
}

describe.each(
  Object.keys(databases) as (keyof typeof databases)[],
)('%s, two servers on one database', (kind) => {
  let servers: [TestServer, TestServer]
  beforeAll(async () => {
    const env = { DATABASE_URL: await databases[kind]() }
    servers = [await openTestServer({ env }), await openTestServer({ env })]
  })
  afterAll(async () => {
    for (const server of servers) await server.close()
  })

  const at = (index: number) => servers[index % 2] ?? servers[0]
  const login = (index: number, username: string, secret = password) =>
    at(index).post('/api/login/', { username, password: secret })
  const refresh = (index: number, { refresh }: TokenPair) =>
    at(index).post('/api/token/refresh/', { refresh })
  const withStatus = (answers: readonly Answer[], status: number) =>
    answers.filter((answer) => answer.status === status)
  /** What a server hears within a second of what another did. */
  const hear = () =>
    Promise.all(servers.map(({ deployment }) => deployment.followRevoked(deployment.clock())))

  /** Somebody new on two devices; `tag` makes the name. */
  async function newUser(tag: string) {
    const username = `${kind}-${tag}`.toLowerCase()
    const here = await servers[0].session(username)
    const there = (await login(1, username)).json() as TokenPair
    return { username, email: `${username}@example.com`, here, there, id: String(claimsOf(here.access).sub) }
  }

  /** None of the sessions lives, on either server, but for those that are meant to. */
  async function expectDead(id: string, pairs: readonly TokenPair[], alive: readonly TokenPair[] = []) {
    const { store, clock } = servers[0].deployment
    const live = (await store.listSessionsOfUser(id, clock())).map((session) => session.id)
    expect(live).toEqual(alive.map(({ access }) => claimsOf(access).sid))
    await hear()
    for (const [index, pair] of pairs.entries()) {
      expect((await refresh(index, pair)).status).toBe(401)
      expect((await at(index + 1).get('/api/protected/', bearer(pair.access))).status).toBe(401)
    }
  }

  const pairsOf = (answers: readonly Answer[]) =>
    withStatus(answers, 200).map((answer) => answer.json() as TokenPair)

  test('F11: a link that is confirmed eight times at once sets one password', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { username, email } = await newUser(`confirm${round}`)
      await servers[0].post('/api/password/reset/', { email })
      const { token, code } = await letterTo(servers[0], email, 'reset_password')
      const choices = Array.from({ length: 8 }, (_, index) => `choice number ${index}`)
      const answers = await Promise.all(
        choices.map((new_password, index) =>
          at(index).post('/api/password/reset/confirm/', {
            ...(index % 4 === 3 ? { email, code } : { token }),
            new_password,
          }),
        ),
      )
      expect(withStatus(answers, 200)).toHaveLength(1)
      expect(withStatus(answers, 400)).toHaveLength(7)
      const won = choices[answers.findIndex(({ status }) => status === 200)]
      expect((await login(round, username, won)).status).toBe(200)
    }
  })

  test('S12: a reset that races logins with the old password leaves none of their sessions', async () => {
    let letIn = 0
    for (let round = 0; round < rounds; round += 1) {
      const { username, email, id, here, there } = await newUser(`reset${round}`)
      await servers[0].post('/api/password/reset/', { email })
      const { token } = await letterTo(servers[0], email, 'reset_password')
      // Every other round the logins have a head start.
      const early = round % 2 === 0 ? [] : Array.from({ length: 3 }, (_, index) => login(index, username))
      const confirming = at(round).post('/api/password/reset/confirm/', {
        ...{ token, new_password: 'a new horse battery' },
      })
      const late = Array.from({ length: 3 }, (_, index) => login(index, username))
      expect((await confirming).status).toBe(200)
      const opened = pairsOf(await Promise.all([...early, ...late]))
      letIn += opened.length
      await expectDead(id, [here, there, ...opened])
    }
    expect(letIn, 'some logins came first').toBeGreaterThan(0)
  })

  test('S12: a change that races logins and refreshes leaves this session and no other', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { username, id, here, there } = await newUser(`change${round}`)
      const body = { old_password: password, new_password: 'a new horse battery' }
      const changing = at(round).post('/api/password/change/', body, bearer(here.access))
      const logins = Array.from({ length: 3 }, (_, index) => login(index, username))
      const refreshes = Array.from({ length: 3 }, (_, index) => refresh(index, there))
      expect((await changing).status).toBe(200)
      const opened = pairsOf(await Promise.all([...logins, ...refreshes]))
      await expectDead(id, [there, ...opened], [here])
      expect((await refresh(round, here)).status).toBe(200)
    }
  })

  test('P25: of two changes at once with one old password one counts', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { username, here } = await newUser(`both${round}`)
      const choices = ['the first new one', 'the other new one']
      const answers = await Promise.all(
        choices.map((new_password, index) =>
          at(index).post(
            '/api/password/change/',
            { old_password: password, new_password },
            bearer(here.access),
          ),
        ),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
      const won = choices[answers.findIndex(({ status }) => status === 200)]
      expect((await login(round, username, won)).status).toBe(200)
    }
  })

  test('F13: an address that two users confirm at once is one’s', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const email = `${kind}-same${round}@example.net`.toLowerCase()
      const links = []
      for (const tag of [`one${round}`, `two${round}`]) {
        const { here } = await newUser(tag)
        await servers[0].post('/api/email/change/', { email }, bearer(here.access))
        links.push((await letterTo(servers[0], email, 'change_email')).token)
        for (const { clock } of servers) clock.advance(1)
      }
      const answers = await Promise.all(
        links.map((token, index) => at(index).post('/api/email/verify/', { token })),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
    }
  })

  test('S10: a farewell that races logins leaves no session', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { username, id, here, there } = await newUser(`leave${round}`)
      const leaving = at(round).request('DELETE', '/api/me/', { headers: bearer(here.access) })
      const logins = Array.from({ length: 4 }, (_, index) => login(index, username))
      expect((await leaving).status).toBe(204)
      await expectDead(id, [here, there, ...pairsOf(await Promise.all(logins))])
    }
  })
})
