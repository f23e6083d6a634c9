import { account, formBody, goodPassword, multipartBody, typed } from './bodies.ts'
import { reasons } from './reasons.ts'
import type { Given, Scenario, ScenarioTable, Send } from './scenario.ts'

const at = 'POST /api/login/'
const pair = '{"access":"<jwt>","refresh":"<jwt>","access_expires_in":900,"refresh_expires_in":604800}'
const noAccount = '{"detail":"No active account found with the given credentials"}'

/** The user is registered before the request goes out. */
function registered(name: string, send: (given: Given) => Send): Scenario {
  return {
    name,
    at,
    async send(given) {
      await given.server.post('/api/register/', account(given.user))
      return send(given)
    },
    status: 200,
    body: pair,
  }
}

const refusedCredentials = { status: 401, body: noAccount } as const

function refused(name: string, send: Send, status: number, body: string): Scenario {
  return { name, at, send, status, body }
}

const password = goodPassword
const credentials = ({ user }: Given) => ({ username: user, password })

async function disable({ server, user }: Given): Promise<void> {
  const row = await server.deployment.store.findUserByName(user)
  await server.deployment.store.updateUser({ userId: row?.id ?? '', set: { is_active: 0 } })
}

async function registerSpaced({ server, user }: Given): Promise<void> {
  await server.post('/api/register/', account(user, { password: `  ${password}  ` }))
}

/** The same cases for our path and for simplejwt's usual one. */
export function login(path: '/api/login/' | '/api/token/'): ScenarioTable {
  return {
    group: 'login',
    title: path,
    rows: rows.map((row) => ({ ...row, at: row.at.replace('/api/login/', path) as Scenario['at'] })),
  }
}

const rows: readonly Scenario[] = [
  registered('valid', (given) => ({ body: credentials(given) })),
  registered('valid, extra fields', (given) => ({
    body: { ...credentials(given), remember: true, sid: 'mine' },
  })),
  registered('form-urlencoded', (given) => formBody(credentials(given))),
  registered('multipart/form-data', (given) => multipartBody(credentials(given))),
  registered('username with outer spaces', ({ user }) => ({ body: { username: `  ${user} `, password } })),
  {
    ...registered('wrong password', ({ user }) => ({ body: { username: user, password: 'wrong' } })),
    ...refusedCredentials,
  },
  refused('unknown user', { body: { username: 'nobody', password } }, 401, noAccount),
  {
    ...registered('email given as username', ({ user }) => ({
      body: { username: `${user}@example.com`, password },
    })),
    ...refusedCredentials,
  },
  {
    ...registered('inactive user, right password', () => ({})),
    async send(given) {
      await given.session()
      await disable(given)
      return { body: credentials(given) }
    },
    ...refusedCredentials,
  },
  {
    ...registered('username in other case', ({ user }) => ({
      body: { username: user.toUpperCase(), password },
    })),
    deviation: reasons.sameName,
  },
  {
    name: 'NFKC: log in with the ligature as registered',
    at,
    async send({ server, user }) {
      await server.post('/api/register/', account(user, { username: `ﬁ${user}` }))
      return { body: { username: `ﬁ${user}`, password } }
    },
    status: 200,
    body: pair,
    deviation: reasons.sameName,
  },
  {
    name: 'NFKC: log in with the normalised form',
    at,
    async send({ server, user }) {
      await server.post('/api/register/', account(user, { username: `ﬁ${user}` }))
      return { body: { username: `fi${user}`, password } }
    },
    status: 200,
    body: pair,
  },
  {
    name: 'password typed with its outer spaces',
    at,
    async send(given) {
      await registerSpaced(given)
      return { body: { username: given.user, password: `  ${password}  ` } }
    },
    status: 200,
    body: pair,
  },
  {
    name: 'password typed without its outer spaces',
    at,
    async send(given) {
      await registerSpaced(given)
      return { body: credentials(given) }
    },
    ...refusedCredentials,
    deviation: reasons.exactPassword,
  },
  {
    ...registered('10 kB password', ({ user }) => ({
      body: { username: user, password: 'x'.repeat(10_000) },
    })),
    ...refusedCredentials,
  },
  registered('garbage Authorization header on this open route', (given) => ({
    body: credentials(given),
    headers: { authorization: 'Bearer garbage' },
  })),
  {
    name: 'expired access token in the header on this open route',
    at,
    async send(given) {
      const expired = await given.mint({ exp: 1_600_000_000, iat: 1_599_999_100 })
      return { body: credentials(given), headers: { authorization: `Bearer ${expired}` } }
    },
    status: 200,
    body: pair,
  },
  refused(
    'empty object',
    { body: {} },
    400,
    '{"username":["This field is required."],"password":["This field is required."]}',
  ),
  refused('no password', { body: { username: 'alice' } }, 400, '{"password":["This field is required."]}'),
  refused('no username', { body: { password } }, 400, '{"username":["This field is required."]}'),
  refused(
    'blank password',
    { body: { username: 'alice', password: '' } },
    400,
    '{"password":["This field may not be blank."]}',
  ),
  refused(
    'both blank',
    { body: { username: '', password: '' } },
    400,
    '{"username":["This field may not be blank."],"password":["This field may not be blank."]}',
  ),
  refused(
    'null password',
    { body: { username: 'alice', password: null } },
    400,
    '{"password":["This field may not be null."]}',
  ),
  refused(
    'password is a list',
    { body: { username: 'alice', password: [password] } },
    400,
    '{"password":["Not a valid string."]}',
  ),
  refused(
    'username is an object',
    { body: { username: {}, password } },
    400,
    '{"username":["Not a valid string."]}',
  ),
  refused(
    'body is a JSON list',
    { body: [] },
    400,
    '{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}',
  ),
  refused(
    'malformed JSON',
    typed('{'),
    400,
    '{"detail":"JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"}',
  ),
  refused(
    'text/plain',
    typed('alice', 'text/plain'),
    415,
    '{"detail":"Unsupported media type \\"text/plain\\" in request."}',
  ),
  refused(
    'NUL in username',
    { body: { username: 'ali\0ce', password } },
    400,
    '{"username":["Null characters are not allowed."]}',
  ),
  refused(
    'NUL in password',
    { body: { username: 'alice', password: 'cor\0rect' } },
    400,
    '{"password":["Null characters are not allowed."]}',
  ),
  refused(
    'H03: a body that is too large',
    { body: { username: 'x'.repeat(65_536), password } },
    413,
    '{"detail":"The request body is larger than 65536 bytes."}',
  ),
  { name: 'GET', at: 'GET /api/login/', status: 405, body: '{"detail":"Method \\"GET\\" not allowed."}' },
]
