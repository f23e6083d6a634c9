import { afterEach, describe, expect, test } from 'vitest'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { openRaw, type RawConnection, requestOverSocket } from './socket.ts'

let server: Awaited<ReturnType<typeof spawnServer>>
afterEach(() => server.stop('SIGKILL'))

const account = '{"username":"alice","email":"alice@example.com","password":"correct horse battery"}'
const head = `POST /api/register/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${account.length}\r\n\r\n`

/** A registration whose body has arrived by half. */
async function openHalf(): Promise<RawConnection> {
  const connection = await openRaw(server.address)
  connection.send(head + account.slice(0, 20))
  await requestOverSocket(server.address, 'GET', '/livez')
  return connection
}

async function logged(event: string): Promise<void> {
  while (!server.logs.some((line) => line.includes(`"${event}"`))) await pause(20)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

describe('H25: a server that is told to stop', () => {
  test('finishes what is under way, takes nothing new, is not ready any more, and ends well', async () => {
    const data = temporaryFolder()
    server = await spawnServer({ data })
    const half = await openHalf()
    const asking = await openRaw(server.address)
    asking.send('GET /readyz HTTP/1.1\r\nHost: a\r\n')
    const idle = await openRaw(server.address)
    const stopped = server.stop('SIGTERM')
    await logged('server.draining')

    asking.send('\r\n')
    const readiness = await asking.answer()
    expect([readiness.status, readiness.text.includes('draining')]).toEqual([503, true])
    await idle.closed
    await expect(requestOverSocket(server.address, 'GET', '/livez')).rejects.toThrow(
      /ECONNREFUSED|ECONNRESET/,
    )

    half.send(account.slice(20))
    expect((await half.answer()).status).toBe(201)
    const answeredAt = performance.now()
    expect(await stopped).toEqual([0, null])
    expect(performance.now() - answeredAt, 'connections without a request are not waited for').toBeLessThan(
      8_000,
    )

    server = await spawnServer({ data })
    const body = { username: 'alice', password: 'correct horse battery' }
    expect((await requestOverSocket(server.address, 'POST', '/api/login/', { body })).status).toBe(200)
  })

  test('does not wait longer than fifteen seconds for a client that never ends its request', async () => {
    server = await spawnServer({ data: temporaryFolder() })
    const half = await openHalf()
    const startedAt = performance.now()
    expect(await server.stop('SIGTERM')).toEqual([0, null])
    expect(performance.now() - startedAt).toBeLessThan(15_000)
    await half.closed
  })

  test('serves on for the delay that was asked for, and says all along that it is not ready', async () => {
    server = await spawnServer({ data: temporaryFolder(), env: { COUNTERSIGN_SHUTDOWN_DELAY: '4s' } })
    const startedAt = performance.now()
    const stopped = server.stop('SIGTERM')
    await logged('server.draining')
    for (let round = 0; round < 3; round += 1) {
      const readiness = await requestOverSocket(server.address, 'GET', '/readyz')
      expect([readiness.status, readiness.text.includes('draining')]).toEqual([503, true])
      const body = { username: 'alice', password: 'correct horse battery' }
      expect((await requestOverSocket(server.address, 'POST', '/api/login/', { body })).status).toBe(401)
    }
    expect(await stopped).toEqual([0, null])
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(4_000)
    await expect(requestOverSocket(server.address, 'GET', '/livez')).rejects.toThrow(/ECONNREFUSED/)
  })

  test('a second signal ends the delay as well', async () => {
    server = await spawnServer({ data: temporaryFolder(), env: { COUNTERSIGN_SHUTDOWN_DELAY: '60s' } })
    const stopped = server.stop('SIGTERM')
    await logged('server.draining')
    await pause(1_000)
    process.kill(server.pid, 'SIGTERM')
    expect(await stopped).toEqual([130, null])
  })

  test('ends at once when it is told twice', async () => {
    server = await spawnServer({ data: temporaryFolder() })
    await openHalf()
    const stopped = server.stop('SIGTERM')
    await logged('server.draining')
    // Two signals closer together than that are one key of a terminal.
    await pause(1_000)
    process.kill(server.pid, 'SIGTERM')
    expect(await stopped).toEqual([130, null])
  })
})
