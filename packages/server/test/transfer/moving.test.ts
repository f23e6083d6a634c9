import { expect, onTestFinished, test } from 'vitest'
import { openShell, type Shell } from '../cli/shell.ts'
import { type TokenPair, testSecret } from '../harness.ts'
import { createDatabase } from '../postgres/database.ts'
import { claimsOf, type HttpClient, openClient } from '../races/http-client.ts'

/** A refresh token that was exchanged, and what it was exchanged for. */
interface Spent {
  spent: TokenPair
  successor: TokenPair
}

/** What clients hold at the moment when the server stops. */
interface Clients {
  live: TokenPair
  /** exchanged a moment ago, and the answer was lost */
  lost: Spent
  /** the same, with an idempotency key */
  keyed: Spent
  /** exchanged and used since: who shows it again is a thief */
  stale: Spent
  ended: TokenPair
  disabled: TokenPair
}

const key = 'the key of a client whose answer was lost'

async function rotate(client: HttpClient, spent: TokenPair, idempotencyKey?: string): Promise<Spent> {
  const answer = await client.refresh(spent, idempotencyKey)
  expect(answer.status).toBe(200)
  return { spent, successor: answer.json() }
}

/** Everything that a session can be, for users whose names begin with the prefix. */
async function useAll(shell: Shell, client: HttpClient, prefix: string, database: string): Promise<Clients> {
  const session = (name: string) => client.session(`${prefix}-${name}`)
  const clients = {
    live: await session('live'),
    keyed: await rotate(client, await session('keyed'), key),
    stale: await rotate(client, (await rotate(client, await session('stale'))).successor),
    ended: await session('ended'),
    disabled: await session('disabled'),
    lost: await rotate(client, await session('lost')),
  }
  expect((await client.logout(clients.ended)).status).toBe(200)
  const disable = `DATABASE_URL=${database} countersign users disable ${prefix}-disabled`
  expect((await shell.run(disable)).status).toBe(0)
  return clients
}

/** What must be so on whatever database the server works now; the grace window is still open. */
async function checkAll(client: HttpClient, clients: Clients, prefix: string): Promise<void> {
  const { live, lost, ended, disabled } = clients
  expect((await client.refresh(lost.spent)).json().refresh, 'the same successor').toBe(lost.successor.refresh)
  for (const pair of [live, lost.spent, lost.successor, clients.keyed.successor]) {
    expect(await client.access(pair), 'an access token of before').toBe(200)
  }
  const { successor } = await rotate(client, live)
  expect(claimsOf(successor.refresh)).toMatchObject({ sid: claimsOf(live.refresh).sid, gen: 1 })
  expect(await client.access(successor)).toBe(200)
  for (const gone of [ended, disabled]) {
    expect((await client.refresh(gone)).status).toBe(401)
    expect(await client.access(gone)).toBe(401)
  }
  expect((await client.login(`${prefix}-disabled`)).status).toBe(401)
  expect((await client.login(`${prefix}-ended`)).status).toBe(200)
  const taken = await client.register(`${prefix}-LIVE`, { email: `${prefix}-other@example.com` })
  expect([taken.status, Object.keys(taken.json())], 'the name is taken').toEqual([400, ['username']])
}

/** And what must be so without the window. */
async function checkStrictly(client: HttpClient, { keyed, stale }: Clients): Promise<void> {
  expect((await client.refresh(keyed.spent, key)).json().refresh).toBe(keyed.successor.refresh)
  expect((await client.refresh(stale.spent, 'another key')).status, 'a thief').toBe(401)
  expect((await client.refresh(stale.successor)).status, 'the session that was stolen').toBe(401)
}

async function serve<T>(
  shell: Shell,
  settings: string,
  work: (client: HttpClient) => Promise<T>,
): Promise<T> {
  const server = await shell.serve(`env ${settings} countersign dev`)
  const client = openClient(`http://127.0.0.1:${shell.port}`)
  try {
    return await work(client)
  } finally {
    client.close()
    await server.stop()
  }
}

const kidsOf = async (client: HttpClient) =>
  ((await client.get('/.well-known/jwks.json')).json().keys as { kid: string }[]).map(({ kid }) => kid)

test('from SQLite to PostgreSQL and back: clients notice nothing, what had ended stays ended (S02, S04, S10)', async () => {
  const shell = await openShell({ COUNTERSIGN_SECRET: testSecret, COUNTERSIGN_REFRESH_GRACE: '60s' })
  onTestFinished(() => shell.stopAll())
  const [first, last] = [`sqlite:${shell.folder}/first.db`, `sqlite:${shell.folder}/last.db`]
  const { url: middle } = await createDatabase()
  const copy = async (from: string, to: string) => {
    const { status, stderr } = await shell.run(`countersign copy --from ${from} --to ${to}`)
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining('everybody stays logged in'),
    })
  }
  const on = (database: string) => `DATABASE_URL=${database}`

  const before = await serve(shell, on(first), async (client) => ({
    kids: await kidsOf(client),
    clients: await useAll(shell, client, 'before', first),
  }))
  await copy(first, middle)
  const between = await serve(shell, on(middle), async (client) => {
    await checkAll(client, before.clients, 'before')
    expect(await kidsOf(client)).toEqual(before.kids)
    return useAll(shell, client, 'between', middle)
  })
  await serve(shell, `${on(middle)} COUNTERSIGN_REFRESH_GRACE=0s`, (client) =>
    checkStrictly(client, before.clients),
  )
  await copy(middle, last)
  await serve(shell, on(last), async (client) => {
    await checkAll(client, between, 'between')
    expect(await kidsOf(client)).toEqual(before.kids)
    for (const gone of [before.clients.ended, before.clients.disabled, before.clients.stale.successor]) {
      expect((await client.refresh(gone)).status).toBe(401)
    }
  })
  await serve(shell, `${on(last)} COUNTERSIGN_REFRESH_GRACE=0s`, (client) => checkStrictly(client, between))
}, 180_000)
