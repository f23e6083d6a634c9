import { createManagementServer } from '../../src/app/management.ts'
import type { Metrics } from '../../src/metrics/metrics.ts'
import { openTestServer, type TestServer, type TestServerOptions } from '../harness.ts'
import { type Sample, samplesOf } from './exposition.ts'

/** A server in this process that counts, and its management port, both without a socket. */
export interface MeasuredServer {
  server: TestServer
  metrics: Metrics
  /** GET on the management port */
  ask(path: string, method?: string): Promise<{ status: number; type: unknown; text: string }>
  /** what `/metrics` says now */
  read(): Promise<Sample[]>
  close(): Promise<void>
}

export async function openMeasuredServer(options: TestServerOptions = {}): Promise<MeasuredServer> {
  const env = { COUNTERSIGN_MANAGEMENT_PORT: '0', ...options.env }
  const server = await openTestServer({ ...options, env })
  const { config, audit, metrics, readiness } = server.deployment
  if (!metrics) throw new Error('nothing is measured')
  const management = await createManagementServer({
    config,
    audit,
    readiness: () => readiness(() => false),
    metrics: metrics.text,
  })
  const ask: MeasuredServer['ask'] = async (path, method = 'GET') => {
    const { statusCode, headers, payload } = await management.inject({ method: method as 'GET', url: path })
    return { status: statusCode, type: headers['content-type'], text: payload }
  }
  return {
    server,
    metrics,
    ask,
    read: async () => samplesOf((await ask('/metrics')).text),
    async close() {
      await management.close(0)
      await server.close()
    },
  }
}
