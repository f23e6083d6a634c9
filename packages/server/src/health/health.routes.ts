import { type AnyRoute, type HttpAnswer, route } from '../http/route.ts'
import type { Check } from './health.ts'

/** `/livez`: the process answers. `/readyz`: it can do its work; `?verbose` says a line for each check. */
export function healthRoutes({ readiness }: { readiness: () => Promise<Check[]> }): AnyRoute[] {
  const page = { method: 'GET', answers: {}, page: true } as const
  return [
    route({
      ...page,
      path: '/livez',
      name: 'Liveness',
      summary: 'The process answers',
      handle: () => plain(200, 'ok\n'),
    }),
    route({
      ...page,
      path: '/readyz',
      name: 'Readiness',
      summary: 'The process can do its work',
      async handle(request) {
        const checks = await readiness()
        const ready = checks.every((check) => check.ok)
        const verbose = request.query('verbose') !== undefined
        return plain(ready ? 200 : 503, verbose || !ready ? report(checks, ready) : 'ok\n')
      },
    }),
  ]
}

function report(checks: readonly Check[], ready: boolean): string {
  const lines = checks.map(({ name, ok, detail }) => `[${ok ? '+' : '-'}] ${name}: ${detail}`)
  return `${[...lines, ready ? 'ready' : 'not ready'].join('\n')}\n`
}

function plain(status: number, body: string): HttpAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}
