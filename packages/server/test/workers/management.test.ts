import { afterEach, describe, expect, test } from 'vitest'
import { freePort } from '../cli/shell.ts'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { openRaw, requestOverSocket } from '../http/socket.ts'
import { openClient } from '../races/http-client.ts'
import { freeze, spawnWorkers, until } from './spawn-workers.ts'

let server: { stop(signal?: NodeJS.Signals): Promise<unknown> }
afterEach(() => server?.stop('SIGKILL'))

const half =
  'POST /api/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{'

async function managementPort() {
  const port = await freePort()
  const ask = async (path: string) => {
    const { status, text } = await requestOverSocket(`http://127.0.0.1:${port}`, 'GET', path)
    return { status, text }
  }
  return { env: { COUNTERSIGN_MANAGEMENT_PORT: String(port) }, port, ask }
}

/** The value of a metric in Prometheus' text, over all its labels. */
function sumOf(text: string, name: string): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

describe('the management port of one process', () => {
  test('tells its metrics and its health, and goes last', async () => {
    const { env, port, ask } = await managementPort()
    const one = await spawnServer({ data: temporaryFolder(), command: 'start', env })
    server = one
    expect(one.talk.at(-1)).toBe(`Metrics and health are on http://127.0.0.1:${port}`)
    expect((await ask('/readyz')).status).toBe(200)
    expect((await ask('/metrics')).text).toContain('countersign_build_info')
    expect((await requestOverSocket(one.address, 'GET', '/metrics')).status).toBe(404)

    const busy = await openRaw(one.address)
    busy.send(half)
    await requestOverSocket(one.address, 'GET', '/livez')
    const stopped = one.stop()
    await until(async () => (await ask('/readyz')).status === 503)
    expect((await ask('/livez')).status).toBe(200)
    busy.end()
    expect(await stopped).toEqual([0, null])
  })
})

describe('the management port of several workers', () => {
  test('sums up what they measure', async () => {
    const { env, port, ask } = await managementPort()
    const workers = await spawnWorkers(3, env)
    server = workers
    expect(workers.talk.at(-1)).toBe(`Metrics and health are on http://127.0.0.1:${port}`)
    const clients = Array.from({ length: 3 }, () => openClient(workers.address, 1))
    for (const [at, client] of clients.entries()) expect((await client.register(`dan${at}`)).status).toBe(201)
    for (const client of clients) client.close()
    await until(async () => {
      const { text } = await ask('/metrics')
      return sumOf(text, 'countersign_http_request_duration_seconds_count') === 3
    })
  })

  test('is ready as long as one of them is, and says of each how it is', async () => {
    const { env, ask } = await managementPort()
    const workers = await spawnWorkers(2, env)
    server = workers
    expect(await ask('/readyz?verbose')).toEqual({
      status: 200,
      text: '[+] workers: 2 of 2 ready (1 is ready; 2 is ready)\n[+] draining: no\nready\n',
    })
    const pids = workers.pids()
    freeze(pids[0] ?? 0)
    const [{ status, text }, metrics] = await Promise.all([ask('/readyz?verbose'), ask('/metrics')])
    expect(status).toBe(200)
    expect(metrics.text).toContain('countersign_build_info')
    expect(text).toMatch(
      /^\[\+\] workers: 1 of 2 ready \(1 (does not answer; 2 is ready|is ready; 2 does not answer)\)$/m,
    )

    freeze(pids[1] ?? 0)
    expect((await ask('/readyz')).status).toBe(503)
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    await until(async () => (await ask('/readyz?verbose')).text.includes('2 of 2 ready'))
  })

  test('can be asked while they drain', async () => {
    const { env, ask } = await managementPort()
    const workers = await spawnWorkers(2, env)
    server = workers
    const busy = await openRaw(workers.address)
    busy.send(half)
    for (let turn = 0; turn < 2; turn += 1) await requestOverSocket(workers.address, 'GET', '/livez')
    const stopped = workers.stop()
    await workers.draining()
    const { status, text } = await ask('/readyz')
    expect(status).toBe(503)
    expect(text).toContain('[-] draining: shutting down')
    expect((await ask('/livez')).status).toBe(200)
    busy.end()
    expect(await stopped).toEqual([0, null])
  })
})
