import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { type Collector, openCollector } from './collector.ts'

let collector: Collector | undefined
let server: Awaited<ReturnType<typeof spawnServer>>
afterEach(async () => {
  await server.stop('SIGKILL')
  await collector?.close()
})

/** Far below the ten seconds for which an exporter tries, far above the two that a stop gives it. */
const boundMs = 8_000

/** A port on which nobody listens. */
async function emptyPort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  await new Promise((resolve) => taken.close(resolve))
  return port
}

async function ask(): Promise<number> {
  return (await requestOverSocket(server.address, 'GET', '/readyz')).status
}

async function stopInTime(): Promise<void> {
  const startedAt = performance.now()
  expect(await server.stop()).toEqual([0, null])
  expect(performance.now() - startedAt).toBeLessThan(boundMs)
}

test('what is left is sent when the server stops', async () => {
  collector = await openCollector()
  server = await spawnServer({
    data: temporaryFolder(),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '3600000' },
  })
  expect(await ask()).toBe(200)
  expect(collector.spans).toEqual([])
  await stopInTime()
  expect(collector.spans.map(({ name }) => name)).toEqual(['store.health', 'GET /readyz'])
})

test('a collector that is away delays nothing, and is told once', async () => {
  server = await spawnServer({
    data: temporaryFolder(),
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await emptyPort()}`,
      // Shorter than the pause before a second attempt: every batch fails at once.
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      OTEL_BSP_SCHEDULE_DELAY: '20',
    },
  })
  const told = () => server.logs.filter((line) => line.includes('trace.export_failed'))
  for (let asked = 0; asked < 5 || told().length === 0; asked++) {
    expect(await ask()).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stopInTime()
  expect(told().map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 'warn', error: expect.objectContaining({ code: 'ECONNREFUSED' }) }),
  ])
})

test('a collector that is away does not hold up the end, while the exporter still tries', async () => {
  server = await spawnServer({
    data: temporaryFolder(),
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await emptyPort()}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '30000',
    },
  })
  expect(await ask()).toBe(200)
  await stopInTime()
})

test('a collector that never answers does not hold up the end either', async () => {
  collector = await openCollector('never')
  server = await spawnServer({
    data: temporaryFolder(),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20' },
  })
  expect(await ask()).toBe(200)
  await collector.span('GET /readyz')
  expect(await ask()).toBe(200)
  await stopInTime()
})
