import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { AuthError } from '../errors.ts'
import { entityTag, isKnown } from '../http/etag.ts'
import { pagePolicy } from '../http/headers.ts'
import { type AnyRoute, type HttpAnswer, type HttpRequest, route } from '../http/route.ts'

/** Scripts, styles and pictures of ours, the API, a letter in a frame: and nothing from anywhere else. */
const policy = `${pagePolicy}; font-src 'self'; frame-src 'self'; require-trusted-types-for 'script'`

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

interface File {
  bytes: Buffer
  /** made when it is first asked for */
  zipped: () => Buffer
  contentType: string
}

const page = { method: 'GET', answers: {}, page: true } as const

/**
 * The console: its page at every address under `/admin/`, its files under `/admin/assets/`. They are read once; only what
 * is in the folder has an address, so no address can lead to another file.
 * @param folder what the build of the console wrote: `index.html`, and `assets/` with files whose names change with what
 *   is in them
 */
export function consoleRoutes(folder: string): AnyRoute[] {
  const show = existsSync(join(folder, 'index.html')) ? shows(folder) : notBuilt
  const assets = readAssets(join(folder, 'assets'))
  const paths = ['/admin/', '/admin/{screen}/', '/admin/{screen}/{id}/']
  return [
    ...paths.map((path) =>
      route({ ...page, path, name: 'Console', summary: 'The admin console', handle: show }),
    ),
    route({
      ...{ ...page, path: '/admin/assets/{file}', name: 'Console File', summary: 'A part of the console' },
      handle: (request) => send(assets.get(request.param('file')), request.header('accept-encoding')),
    }),
  ]
}

/** Browsers ask each time whether they still have the newest. */
function shows(folder: string): (request: HttpRequest<unknown>) => HttpAnswer {
  const body = readFileSync(join(folder, 'index.html'), 'utf8')
  const etag = entityTag(body)
  const headers = { ...headersOf('text/html; charset=utf-8'), 'cache-control': 'no-cache', etag }
  return (request) =>
    isKnown(etag, request.header('if-none-match')) ? { status: 304, headers, body: '' } : { headers, body }
}

function readAssets(folder: string): ReadonlyMap<string, File> {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const known = names.flatMap((name) => {
    const contentType = contentTypes[extname(name)]
    return contentType ? [[name, fileOf(readFileSync(join(folder, name)), contentType)] as const] : []
  })
  return new Map(known)
}

function fileOf(bytes: Buffer, contentType: string): File {
  let made: Buffer | undefined
  const zipped = () => {
    made ??= gzipSync(bytes, { level: 9 })
    return made
  }
  return { bytes, zipped, contentType }
}

/** Its name is another when it is another, so a copy is good for ever. Nothing in it is secret, so it may be compressed. */
function send(file: File | undefined, accepted = ''): HttpAnswer {
  if (!file) throw new AuthError('not_found')
  const isZipped = isCompressible(file) && takesGzip(accepted)
  const headers = {
    ...headersOf(file.contentType),
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    ...(isZipped && { 'content-encoding': 'gzip' }),
  }
  const bytes = isZipped ? file.zipped() : file.bytes
  return { headers: { ...headers, 'content-length': String(bytes.length) }, body: Readable.from([bytes]) }
}

/** @see RFC 9110 section 12.5.3 */
function takesGzip(accepted: string): boolean {
  return accepted.split(',').some((one) => {
    const [coding = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase())
    return coding === 'gzip' && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })
}

function isCompressible({ contentType }: File): boolean {
  return contentType.startsWith('text/') || contentType.includes('json') || contentType.includes('svg')
}

function headersOf(contentType: string): Record<string, string> {
  return { 'content-type': contentType, 'content-security-policy': policy }
}

const sentence =
  'The console is not built: run npm run build, then start the server again. Its API at /api/admin/ works without it.\n'

function notBuilt(): HttpAnswer {
  return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: sentence }
}
