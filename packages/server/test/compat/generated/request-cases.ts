import { goodPassword } from '../../contract/bodies.ts'
import { bearer } from '../../harness.ts'
import type { Dice } from '../../tokens/mutations.ts'
import type { Case } from '../case.ts'

const paths = [
  ...[
    '/api/register/',
    '/api/login/',
    '/api/token/',
    '/api/token/refresh/',
    '/api/token/verify/',
    '/api/token/blacklist/',
  ],
  ...['/api/logout/', '/api/protected/', '/api/dashboard/'],
]
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'FOO']
const accepts = [
  ...[
    '*/*',
    'application/json',
    'application/*',
    'text/html',
    'text/*',
    'application/xml',
    'image/png',
    'garbage',
    '',
  ],
  ...[
    'application/json, text/html',
    'text/html, application/json;q=0.9',
    'application/xml, */*;q=0.1',
    'text/html;q=0',
  ],
  ...[
    'application/json; charset=utf-8',
    'application/json;q=0',
    'application/json; indent=4',
    'APPLICATION/JSON',
    '*',
    'text/plain, text/xml',
  ],
]
const queries = [
  '',
  '?format=json',
  '?format=xml',
  '?format=',
  '?format=api',
  '?x=1&format=json',
  '?next=/',
  '?%ff',
  '?format=JSON',
]
const headers: readonly Record<string, string>[] = [
  {},
  { 'x-http-method-override': 'DELETE' },
  { cookie: 'sessionid=abc; csrftoken=x' },
  { 'x-requested-with': 'XMLHttpRequest' },
  { origin: 'https://app.example.com' },
  { 'accept-language': 'de' },
  { authorization: 'Bearer' },
  { authorization: 'Bearer a b' },
  { 'x-forwarded-for': '203.0.113.9' },
]

/** A method, a path, what it asks for, and headers around it. */
export function requestCase(dice: Dice): Omit<Case, 'name'> {
  const method = dice.pick(methods)
  const path = respelled(dice.pick(paths), dice)
  const query = dice.pick(queries)
  const accept = dice.below(2) === 0 ? {} : { accept: dice.pick(accepts) }
  const around = { ...accept, ...dice.pick(headers) }
  const shows = dice.below(2) === 0
  return {
    kind: 'methods, paths, headers',
    at: `${method} ${path as '/'}`,
    async send(given) {
      const token = shows && path.includes('api/') ? bearer((await given.session()).access) : {}
      return { query, headers: { ...token, ...around }, ...(method === 'POST' && credentials(given.user)) }
    },
  }
}

function credentials(username: string): { body: object } {
  return { body: { username, password: goodPassword } }
}

function respelled(path: string, dice: Dice): string {
  const kind = dice.below(16)
  if (kind === 0) return path.slice(0, -1)
  if (kind === 1) return path.toUpperCase()
  if (kind === 2) return `${path}/`
  if (kind === 3) return `${path}x`
  if (kind === 4) return path.replace('/api', '/api/')
  if (kind === 5) return path.replace('a', '%61')
  if (kind === 6) return '/api/'
  return path
}
