import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { CountersignError } from '@countersign/client'
import { Refusal } from '@countersign/guard'
import { MissingPage, TroublePage } from './pages.tsx'
import { render } from './render.tsx'
import { type Answer, routes } from './routes.tsx'
import { openSession } from './session.ts'

const port = Number(process.env.PORT ?? 3000)
const styles = readFileSync(new URL('../styles.css', import.meta.url))

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/styles.css') return void response.setHeader('content-type', 'text/css').end(styles)
  if (isForeign(request)) return void response.writeHead(403).end()
  const session = await openSession(request, response)
  const route = routes[`${request.method} ${pathname}`]
  const answered: Answer = route ? await route(session, request) : { page: <MissingPage />, status: 404 }
  if ('goTo' in answered) return void response.writeHead(303, { location: answered.goTo }).end()
  response.writeHead(answered.status ?? 200, htmlHeaders).end(render(answered.page, session))
}

/** What a page says of a user is for nobody else, and no script belongs into it. */
const htmlHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}

/**
 * Whether a form was sent by another site, or is longer than ours are. `SameSite=Lax` keeps the session's cookie from
 * such a form; this keeps a stranger from logging somebody in as himself.
 */
function isForeign({ method, headers }: IncomingMessage): boolean {
  const isOurs = headers.origin?.split('//')[1] === headers.host && Number(headers['content-length']) < 10_000
  return method === 'POST' && !isOurs
}

/** Countersign is away, or busy: nobody is logged out by that. Of what else fails, the log has all. */
function fail(error: unknown, response: ServerResponse): void {
  const isAway = error instanceof CountersignError || error instanceof Refusal
  process.stderr.write(`${error instanceof Error && !isAway ? error.stack : error}\n`)
  response.writeHead(isAway ? 503 : 500, htmlHeaders).end(render(<TroublePage />))
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => fail(error, response))
})
server.listen(port, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${port}\n`))
