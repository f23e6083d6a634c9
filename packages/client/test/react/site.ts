import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ReactElement } from 'react'
import { renderToString } from 'react-dom/server'
import { build } from 'vite'
import { handClock, openTestServer } from '../../../server/test/harness.ts'
import type { Client, Session } from '../../src/index.ts'
import { createServerClient } from '../../src/ssr.ts'

const entry = join(import.meta.dirname, 'page.js')

/** The page's program with React as developers run it: StrictMode mounts twice, and a mismatch is told. */
async function bundled(): Promise<string> {
  const made = await build({
    ...{ configFile: false, logLevel: 'silent', define: { 'process.env.NODE_ENV': '"development"' } },
    build: { write: false, minify: false, modulePreload: false, rolldownOptions: { input: entry } },
  })
  return (made as unknown as { output: { code: string }[] }).output.map(({ code }) => code).join('')
}

/** What the page's program exports. */
interface PageModule {
  tree(client: Client, initialSession?: Session | null): ReactElement
}

function cookiesOf({ headers }: IncomingMessage): { name: string; value: string }[] {
  const pairs = (headers.cookie ?? '').split('; ').filter(Boolean)
  return pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('=') }
  })
}

/** A site of one page, and the real server behind the same address. `/rendered` comes from the server with its session. */
export async function openSite() {
  const server = await openTestServer({ clock: handClock(Date.now()) })
  const user = { username: 'alice', email: 'alice@example.com', password: 'a quiet harbour' }
  await server.post('/api/register/', user)
  const [code, { tree }] = await Promise.all([bundled(), import(entry) as Promise<PageModule>])

  async function rendered(request: IncomingMessage, told: boolean): Promise<string> {
    const cookies = { getAll: () => cookiesOf(request), setAll: () => undefined }
    const client = createServerClient({ baseUrl: 'http://127.0.0.1:9', cookies })
    await client.getAccessToken()
    const initialSession = told ? client.session : undefined
    return document({ initialSession, isHydrated: true }, renderToString(tree(client, initialSession)))
  }

  async function pageOf(request: IncomingMessage): Promise<string | undefined> {
    if (request.url === '/') return document({})
    if (request.url === '/slow') return document({ slow: true })
    if (request.url === '/rendered') return rendered(request, true)
    if (request.url === '/rendered-untold') return rendered(request, false)
    return undefined
  }

  const http = createServer(async (request, response) => {
    if (request.url === '/page.js') return response.setHeader('content-type', 'text/javascript').end(code)
    const page = await pageOf(request)
    if (page !== undefined) return response.setHeader('content-type', 'text/html').end(page)
    const { method = 'GET', url = '/', headers } = request
    const answer = await server.request(method, url, {
      body: await text(request),
      headers: headers as Record<string, string>,
    })
    return response.writeHead(answer.status, answer.headers as Record<string, string>).end(answer.text)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))

  return {
    address: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async close() {
      http.closeAllConnections()
      http.close()
      await server.close()
    },
  }
}

/** @param given what the page's program is started with */
function document(given: object, html = ''): string {
  const data = JSON.stringify(given).replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  return `<!doctype html><meta charset="utf-8"><title>React</title><div id="page" data-given="${data}">${html}</div>
<script type="module" src="/page.js"></script>`
}
