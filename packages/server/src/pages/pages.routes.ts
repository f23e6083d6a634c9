import { entityTag, isKnown } from '../http/etag.ts'
import { pagePolicy } from '../http/headers.ts'
import { type AnyRoute, type HttpAnswer, type HttpRequest, route } from '../http/route.ts'
import { version } from '../version.ts'
import { type Asset, type AssetPath, readAssets } from './assets.ts'

/** What the pages tell of the deployment. */
export interface PagesDeps {
  /** the OpenAPI document; asked for only once the server is ready */
  describe: () => Promise<object>
  /** the public address, without a slash at the end */
  address: string
}

/** `/` says what this is; `/docs` is the API page, with what it loads; `/openapi.json` its source. */
export function pagesRoutes({ describe, address }: PagesDeps): AnyRoute[] {
  const { '/': home, ...others } = Object.fromEntries(readAssets({ version, address })) as Record<
    AssetPath,
    Asset
  >
  return [
    homeRoute(home, address),
    ...Object.entries(others).map(([path, asset]) => assetRoute(path, asset)),
    openApiRoute(describe),
  ]
}

const page = { method: 'GET', answers: {}, page: true } as const

/** A page for browsers, the same as JSON for everybody else. */
function homeRoute(home: Asset, address: string): AnyRoute {
  const summary = {
    name: 'Countersign',
    version,
    documentation: `${address}/docs`,
    openapi: `${address}/openapi.json`,
    jwks: `${address}/.well-known/jwks.json`,
  }
  const send = sender(home)
  return route({
    ...page,
    path: '/',
    name: 'Home',
    summary: 'What this is, and where to go',
    handle: (request) => (wantsPage(request) ? send(request) : { body: summary }),
  })
}

function assetRoute(path: string, asset: Asset): AnyRoute {
  return route({
    ...page,
    path,
    name: path,
    summary: 'A part of the pages',
    handle: sender(asset),
  })
}

function openApiRoute(describe: PagesDeps['describe']): AnyRoute {
  return route({
    ...page,
    path: '/openapi.json',
    name: 'OpenAPI',
    summary: 'The description of this API',
    handle: async () => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(await describe()),
    }),
  })
}

function wantsPage(request: HttpRequest<unknown>): boolean {
  return /\btext\/html\b/i.test(request.header('accept') ?? '')
}

/** Our scripts write no markup, and the browser holds them to it: data of the API can never become any. */
const policy = `${pagePolicy}; require-trusted-types-for 'script'; trusted-types 'none'`

/** Browsers keep a copy and ask each time whether it is still good, so a new version shows at once. */
function sender({ text, contentType }: Asset): (request: HttpRequest<unknown>) => HttpAnswer {
  const etag = entityTag(text)
  const headers = {
    'content-type': contentType,
    'content-security-policy': policy,
    'cache-control': 'no-cache',
    etag,
  }
  return (request) =>
    isKnown(etag, request.header('if-none-match'))
      ? { status: 304, headers, body: '' }
      : { headers, body: text }
}
