import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pagePolicy } from '../src/http/headers.ts'
import { readAssets } from '../src/pages/assets.ts'
import { version } from '../src/version.ts'
import { openTestServer, type TestServer } from './harness.ts'

const folder = join(import.meta.dirname, '../src/pages/assets')
const scripts = readdirSync(folder).filter((file) => file.endsWith('.js'))
const browserAccept = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({ env: { COUNTERSIGN_ISSUER: 'https://auth.example.com' } })
})
afterAll(() => server.close())

describe('GET /', () => {
  test.each([
    ['no Accept', {}],
    ['curl', { accept: '*/*' }],
    ['a program', { accept: 'application/json' }],
  ])('is JSON for %s', async (_, headers) => {
    const answer = await server.get('/', headers)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch('application/json')
    expect(answer.json()).toEqual({
      name: 'Countersign',
      version,
      documentation: 'https://auth.example.com/docs',
      openapi: 'https://auth.example.com/openapi.json',
      jwks: 'https://auth.example.com/.well-known/jwks.json',
    })
  })

  test('is a page for browsers, with version and address', async () => {
    const { status, headers, text } = await server.get('/', browserAccept)
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    })
    expect(headers.vary).toBe('Accept')
    for (const part of [version, 'curl https://auth.example.com/api/register/', 'href="/docs"'])
      expect(text).toContain(part)
    expect(text).not.toMatch(/%\w+%/)
  })

  test('an address can hold no markup', () => {
    const text = readAssets({ version, address: `https://auth.example.com/<b>"'&` }).get('/')?.text
    expect(text).toContain('https://auth.example.com/&lt;b&gt;&quot;&#39;&amp;')
    expect(text).not.toContain('<b>')
  })
})

const served: [path: string, contentType: string][] = [
  ['/docs', 'text/html; charset=utf-8'],
  ['/docs/', 'text/html; charset=utf-8'],
  ['/favicon.svg', 'image/svg+xml'],
  ['/assets/base.css', 'text/css; charset=utf-8'],
  ['/assets/docs.css', 'text/css; charset=utf-8'],
  ['/assets/home.css', 'text/css; charset=utf-8'],
  ['/assets/operation.css', 'text/css; charset=utf-8'],
  ['/assets/outbox.css', 'text/css; charset=utf-8'],
  ...scripts.map((file): [string, string] => [`/assets/${file}`, 'text/javascript; charset=utf-8']),
]

describe('what the pages are made of', () => {
  test.each(served)('%s', async (path, contentType) => {
    const { status, headers, text } = await server.get(path)
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: contentType })
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
    expect(headers['content-security-policy']).toContain(pagePolicy)
    expect(headers.etag).toMatch(/^"[\w-]{27}"$/)
    expect(text.length).toBeGreaterThan(0)

    const head = await server.request('HEAD', path)
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' })
    for (const name of ['content-type', 'content-length', 'etag', 'content-security-policy'])
      expect(head.headers[name], name).toBe(headers[name])
  })

  test('all they refer to is served', async () => {
    const pages = [await server.get('/', browserAccept), await server.get('/docs')]
    const modules = await Promise.all(scripts.map((file) => server.get(`/assets/${file}`)))
    const references = [
      ...pages.flatMap(({ text }) => [...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path]) => path)),
      ...modules.flatMap(({ text }) =>
        [...text.matchAll(/from '\.(\/[^']*)'/g)].map(([, path]) => `/assets${path}`),
      ),
    ]
    expect(references.length).toBeGreaterThan(20)
    for (const path of new Set(references)) expect((await server.get(path ?? '')).status, path).toBe(200)
  })

  test('no module waits for another to be found', async () => {
    const { text } = await server.get('/docs')
    for (const file of scripts.filter((one) => one !== 'home.js')) expect(text).toContain(`/assets/${file}"`)
  })

  test('nothing in the pages is inline, or from elsewhere', async () => {
    for (const path of ['/', '/docs']) {
      const { text } = await server.get(path, browserAccept)
      expect(text).not.toMatch(
        /<style|\sstyle=|\son\w+=|<script(?! type="module" src="\/)|(src|href)="(?!\/|#)/,
      )
    }
  })

  test('the scripts are small, write no markup and keep nothing', () => {
    const texts = scripts.map((file) => readFileSync(join(folder, file), 'utf8'))
    expect(texts.join('').length).toBeLessThan(25_000)
    const forbidden =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|Storage|cookie|indexedDB|\beval\b/
    for (const text of texts) expect(text.replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '')).not.toMatch(forbidden)
  })
})

describe('a copy that is still good', () => {
  const known: [name: string, header: (etag: string) => string, status: number][] = [
    ['the same tag', (etag) => etag, 304],
    ['made weak by a proxy', (etag) => `W/${etag}`, 304],
    ['one of several', (etag) => `"other", ${etag}`, 304],
    ['any', () => '*', 304],
    ['another tag', () => '"other"', 200],
    ['none', () => '', 200],
  ]
  test.each(known)('%s', async (_, header, status) => {
    const { headers } = await server.get('/docs')
    const etag = String(headers.etag)
    const answer = await server.get('/docs', { 'if-none-match': header(etag) })
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({ etag, 'cache-control': 'no-cache' })
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    if (status === 304) expect([answer.text, answer.headers['content-length']]).toEqual(['', undefined])
  })
})

describe('what is not there', () => {
  test.each([
    '/assets',
    '/assets/',
    '/assets/none.js',
    '/assets/docs.html',
    '/assets/../assets.ts',
    '/assets/%2e%2e/assets.ts',
    '/assets/..%2f..%2fapp%2fserver.ts',
    '/assets/%5c..%5cassets.ts',
    '/docs/docs.js',
    '/favicon.ico',
  ])('%s is 404, in JSON', async (path) => {
    const answer = await server.get(path, browserAccept)
    expect({ status: answer.status, body: answer.json() }).toEqual({
      status: 404,
      body: { detail: 'Not found.' },
    })
  })

  test('another method is 405', async () => {
    const answer = await server.post('/docs')
    expect({ status: answer.status, allow: answer.headers.allow }).toEqual({
      status: 405,
      allow: 'GET, HEAD, OPTIONS',
    })
  })
})

describe('GET /openapi.json', () => {
  test('describes the API, and no page', async () => {
    const answer = await server.get('/openapi.json')
    expect(answer.headers['content-type']).toMatch('application/json')
    const { info, paths, servers } = answer.json()
    expect(info).toMatchObject({ title: 'Countersign', version })
    expect(servers).toEqual([{ url: 'https://auth.example.com' }])
    expect(Object.keys(paths).every((path) => path.startsWith('/api/'))).toBe(true)
  })

  test.each([
    ['/api/protected/', 'get', [{ accessToken: [] }]],
    ['/api/logout/', 'post', [{}, { accessToken: [] }]],
    ['/api/login/', 'post', undefined],
  ])('says whether %s takes a token', async (path, method, security) => {
    const { paths } = (await server.get('/openapi.json')).json()
    expect(paths[path][method].security).toEqual(security)
  })
})
