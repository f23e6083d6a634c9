import { afterEach, describe, expect, test } from 'vitest'
import { openRaw, type RawConnection, requestOverSocket } from '../http/socket.ts'
import { isAlive, pause, spawnWorkers, until, type Workers } from './spawn-workers.ts'

const count = 2
let workers: Workers
afterEach(() => workers?.stop('SIGKILL'))

const account = (name: string) =>
  JSON.stringify({ username: name, email: `${name}@example.com`, password: 'correct horse battery' })

interface HalfRequest {
  connection: RawConnection
  finish(): Promise<number>
}

/** A registration whose body has arrived by half; one after the other go to one worker each. */
async function openHalf(name: string): Promise<HalfRequest> {
  const body = account(name)
  const connection = await openRaw(workers.address)
  connection.send(
    `POST /api/register/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  )
  connection.send(body.slice(0, 20))
  return {
    connection,
    async finish() {
      connection.send(body.slice(20))
      return (await connection.answer()).status
    },
  }
}

/** One with each worker; what is asked last on a connection of its own shows that all have arrived. */
async function openHalves(): Promise<HalfRequest[]> {
  const halves = [await openHalf('alice'), await openHalf('bob')]
  for (let turn = 0; turn < count; turn += 1) await requestOverSocket(workers.address, 'GET', '/livez')
  return halves
}

describe('H25: workers that are told to stop', () => {
  test.each([
    'SIGTERM',
    'SIGINT',
  ] as const)('%s: every worker finishes what it has, then all end with 0', async (signal) => {
    workers = await spawnWorkers(count)
    const halves = await openHalves()
    const stopped = workers.stop(signal)
    await workers.draining()
    await until(() => refuses(workers.address))
    expect(await Promise.all(halves.map((half) => half.finish()))).toEqual([201, 201])
    expect(await stopped).toEqual([0, null])
    expect(workers.events('server.stopped').map(({ worker }) => worker)).toHaveLength(count + 1)
    expect(workers.events('worker.ended')).toEqual([])
  })

  test('the whole group gets the signal, as from a service manager, the primary last: it is one signal', async () => {
    workers = await spawnWorkers(count)
    const halves = await openHalves()
    for (const pid of workers.pids()) process.kill(pid, 'SIGTERM')
    await until(() => workers.events('server.draining').length === count)
    // So late that a signal, passed on, would be a second one.
    await pause(1_000)
    const stopped = workers.stop('SIGTERM')
    await workers.draining()
    await pause(200)
    expect(await Promise.all(halves.map((half) => half.finish()))).toEqual([201, 201])
    expect(await stopped).toEqual([0, null])
  })

  test('a second signal ends all of them at once', async () => {
    workers = await spawnWorkers(count)
    await openHalves()
    const pids = workers.pids()
    const stopped = workers.stop('SIGTERM')
    await workers.draining()
    // Two signals closer together than half a second are one key of a terminal.
    await pause(1_000)
    process.kill(workers.pid, 'SIGTERM')
    expect(await stopped).toEqual([130, null])
    await until(() => !pids.some(isAlive))
    expect(workers.events('server.stopped')).toEqual([])
  })

  test('the shutdown delay: they serve on while they say that they are not ready', async () => {
    workers = await spawnWorkers(count, { COUNTERSIGN_SHUTDOWN_DELAY: '4s' })
    const stopped = workers.stop('SIGTERM')
    await until(() => workers.events('server.draining').length === count + 1)
    const answers = []
    for (const path of ['/readyz', '/readyz', '/livez', '/livez']) {
      answers.push((await requestOverSocket(workers.address, 'GET', path)).status)
    }
    expect(answers).toEqual([503, 503, 200, 200])
    expect(await stopped).toEqual([0, null])
  })
})

describe('a primary process that is killed', () => {
  test('takes its workers along, and they finish what they have', async () => {
    workers = await spawnWorkers(count)
    const [half, other] = await openHalves()
    const pids = workers.pids()
    // Resolves when nobody holds its stdout any more.
    const gone = workers.stop('SIGKILL')
    await until(() => workers.events('server.draining').length === count)
    expect([await half?.finish(), await other?.finish()]).toEqual([201, 201])
    expect(await gone).toEqual([null, 'SIGKILL'])
    await until(() => !pids.some(isAlive))
    expect(workers.events('server.stopped')).toHaveLength(count)
  })
})

async function refuses(address: string): Promise<boolean> {
  const connection = await openRaw(address).catch(() => undefined)
  // Who comes in the very moment of the closing may hear nothing until the end: the next one is refused.
  connection?.end()
  return connection === undefined
}
