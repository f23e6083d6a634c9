import { afterEach, describe, expect, test } from 'vitest'
import { requestOverSocket } from '../http/socket.ts'
import { password } from '../races/http-client.ts'
import { withRawDatabase } from '../store/raw-database.ts'
import { freeze, spawnWorkers, until, type Workers } from './spawn-workers.ts'

let workers: Workers
afterEach(() => workers?.stop('SIGKILL'))

const kills = 4
/** Nobody waits longer than that, however loaded the machine: who waits for ever was forgotten. */
const patienceMs = 30_000

/** Registers one user after the other, each on a connection of its own, until told to end. */
async function registerOn(name: string, life: { isOver: boolean }): Promise<string[]> {
  const acknowledged: string[] = []
  for (let at = 0; !life.isOver; at += 1) {
    const username = `${name}n${at}`
    const body = { username, email: `${username}@example.com`, password }
    // Whoever was with the worker that died is cut off, and owed nothing.
    const status = await ask('/api/register/', body).catch(isCutOff)
    if (status === 201) acknowledged.push(username)
    else expect(status).toBe('cut off')
  }
  return acknowledged
}

function isCutOff(thrown: unknown): 'cut off' {
  if (thrown instanceof TypeError) return 'cut off'
  throw thrown
}

async function ask(path: string, body: object): Promise<number> {
  const answer = await fetch(`${workers.address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patienceMs),
  })
  await answer.text()
  return answer.status
}

describe('a worker that dies', () => {
  test('is replaced; the others go on, and nothing that was acknowledged is lost', async () => {
    workers = await spawnWorkers(3)
    const life = { isOver: false }
    const clients = ['a', 'b', 'c', 'd'].map((name) => registerOn(name, life))
    for (let round = 1; round <= kills; round += 1) {
      const [victim = 0, ...others] = workers.pids()
      expect(others).toHaveLength(2)
      process.kill(victim, 'SIGKILL')
      await until(() => workers.events('worker.ready').length === 3 + round)
      expect(workers.pids()).toEqual(expect.arrayContaining(others))
    }
    life.isOver = true
    const acknowledged = (await Promise.all(clients)).flat()
    expect(acknowledged.length).toBeGreaterThan(kills)
    const stored = withRawDatabase(`${workers.data}/countersign.db`, (db) =>
      db.prepare('SELECT username FROM users').pluck().all(),
    )
    expect(stored).toEqual(expect.arrayContaining(acknowledged))
    expect(await ask('/api/login/', { username: acknowledged.at(-1), password })).toBe(200)
    expect(workers.events('worker.ended').map(({ reason }) => reason)).toEqual(
      Array.from({ length: kills }, () => 'SIGKILL'),
    )
    expect(workers.events('server.listening'), 'the port is still the same').toHaveLength(1)
  })

  test('leaves nobody waiting, not even whom it was handed while it was stuck', async () => {
    workers = await spawnWorkers(2)
    const [stuck = 0] = workers.pids()
    freeze(stuck)
    const answers: unknown[] = []
    const asked = Array.from({ length: 6 }, async (_, at) => {
      const username = `carol${at}`
      const body = { username, email: `${username}@example.com`, password }
      answers.push(await ask('/api/register/', body).catch(isCutOff))
    })
    await until(() => answers.length === 5)
    process.kill(stuck, 'SIGKILL')
    await Promise.all(asked)
    expect(answers).toEqual([201, 201, 201, 201, 201, 'cut off'])
  })

  test('and dies again at its start is started ever later, with its reason in the log, until it can', async () => {
    workers = await spawnWorkers(2)
    const change = (sql: string) => withRawDatabase(`${workers.data}/countersign.db`, (db) => db.exec(sql))
    change(`INSERT INTO migrations (id, applied_at) VALUES ('9999-flying-cars', 0)`)
    const [victim = 0, other] = workers.pids()
    process.kill(victim, 'SIGKILL')
    await until(() => workers.events('worker.ended').length === 3)
    const [first, ...later] = workers.events('worker.ended').map(({ reason }) => reason)
    expect(first).toBe('SIGKILL')
    for (const reason of later) expect(reason).toContain('9999-flying-cars')
    expect(workers.pids()).toEqual([other])
    expect((await requestOverSocket(workers.address, 'GET', '/livez')).status).toBe(200)

    change(`DELETE FROM migrations WHERE id = '9999-flying-cars'`)
    await until(() => workers.pids().length === 2 && workers.events('worker.ready').length === 3)
  })

  test('by a signal of its own finishes what it has, and is replaced', async () => {
    workers = await spawnWorkers(2)
    const [told = 0, other] = workers.pids()
    process.kill(told, 'SIGTERM')
    await until(() => workers.events('worker.ready').length === 3)
    expect(workers.pids()).toContain(other)
    expect(workers.events('worker.ended')).toEqual([expect.objectContaining({ reason: 'exit status 0' })])
  })
})
