import { bearer, type TestServer } from '../../harness.ts'
import { openSession, type Scenario, type ScenarioTable } from '../scenario.ts'
import { claimsOf } from '../tokens.ts'
import { guardRows } from './guards.ts'

const path = '/api/sessions/'
const remove = `DELETE ${path}` as const
const one = 'DELETE /api/sessions/{id}/'
const gone = { status: 204, body: '', headers: { 'content-type': null } }
const unknown = { status: 404, body: '{"detail":"Not found."}', headers: { allow: 'DELETE, OPTIONS' } }
const nobody = '00000000-0000-7000-8000-000000000000'

const shown = (current: boolean) =>
  `{"id":"<uuid>","device":"Firefox 150, Linux","address":"127.0.0.1","created_at":"<instant>","last_used_at":"<instant>","expires_at":"<instant>","current":${current}}`

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'

/** Logs the user in once more, from a browser. */
async function fromBrowser(server: TestServer, username: string) {
  const body = { username, password: 'correct horse battery' }
  return (await server.post('/api/login/', body, { 'user-agent': firefox })).json()
}

function ofOwn(
  name: string,
  id: (own: string, foreign: string) => string,
  answer: Partial<Scenario>,
): Scenario {
  return {
    ...{ at: one, name, status: 204 },
    async send({ server, session, user }) {
      const { access } = await session()
      const other = await openSession(server, `${user}x`)
      const sid = (token: string) => String(claimsOf(token).sid)
      return { id: id(sid(access), sid(other.access)), headers: bearer(access) }
    },
    ...answer,
  }
}

/** What a user sees of his sessions, and how he ends them. */
export const sessionsTable: ScenarioTable = {
  group: 'account',
  title: path,
  rows: [
    {
      ...{ at: `GET ${path}`, name: 'S17: two devices, the newer first', status: 200 },
      async send({ server, session, user }) {
        const { refresh } = await session()
        await server.post('/api/logout/', { refresh })
        const { access } = await fromBrowser(server, user)
        server.clock.advance(1000)
        await fromBrowser(server, user)
        return { headers: bearer(access) }
      },
      body: `[${shown(false)},${shown(true)}]`,
    },
    {
      ...{ at: remove, name: 'all others' },
      send: async ({ session }) => ({ headers: bearer((await session()).access) }),
      ...gone,
    },
    ofOwn('the one that asks', (own) => own, gone),
    ofOwn('S17: of somebody else', (_, foreign) => foreign, unknown),
    ofOwn('one that nobody has', () => nobody, unknown),
    ofOwn('no id at all', () => 'abc', unknown),
    ofOwn('an id that is longer than any', () => 'a'.repeat(101), { ...unknown, headers: { allow: null } }),
    ofOwn('what looks like another path', () => '%2e%2e%2fprotected', unknown),
    {
      ...ofOwn('one that has ended', () => '', unknown),
      async send({ server, session, user }) {
        const ended = await session()
        await server.post('/api/logout/', { refresh: ended.refresh })
        const { access } = await fromBrowser(server, user)
        return { id: String(claimsOf(ended.access).sid), headers: bearer(access) }
      },
    },
    {
      ...{ at: 'GET /api/sessions/{id}/', name: 'another method', status: 405 },
      send: async ({ session }) => ({ id: nobody, headers: bearer((await session()).access) }),
      body: '{"detail":"Method \\"GET\\" not allowed."}',
    },
    ...guardRows(`GET ${path}`),
    ...guardRows(remove),
    ...guardRows(one, { id: nobody }),
  ],
}
