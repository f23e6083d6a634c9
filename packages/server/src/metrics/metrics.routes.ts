import { type AnyRoute, route } from '../http/route.ts'

/**
 * `/metrics`, for the management port.
 * @param metrics tells all of them in Prometheus' text format
 */
export function metricsRoutes({ metrics }: { metrics: () => Promise<string> }): AnyRoute[] {
  return [
    route({
      method: 'GET',
      path: '/metrics',
      name: 'Metrics',
      summary: 'What this process counts and measures',
      answers: {},
      page: true,
      handle: async () => ({ headers: { 'content-type': contentType }, body: await metrics() }),
    }),
  ]
}

/** @see Prometheus, exposition formats, text-based format */
const contentType = 'text/plain; version=0.0.4; charset=utf-8'
