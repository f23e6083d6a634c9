import { bearer } from '../../harness.ts'
import { goodPassword } from '../bodies.ts'
import { openSession, type Scenario, type ScenarioTable } from '../scenario.ts'
import { bodyRows, guardRows } from './guards.ts'

const path = '/api/me/'
const me = (username: string) =>
  `{"id":"<uuid>","username":"${username}","email":"<user>@example.com","email_verified":false,"is_staff":false,"date_joined":"<instant>","last_login":"<instant>"}`

/** As long after the login as the password is asked for again. */
const longAgo = 5 * 60_000

function asked(at: Scenario['at'], name: string, row: Partial<Scenario> & { send: object }): Scenario {
  const { send, ...rest } = row
  return {
    ...{ at, name, status: 200 },
    send: async ({ session }) => ({ ...send, headers: bearer((await session()).access) }),
    ...rest,
  }
}

function later(at: Scenario['at'], name: string, row: Partial<Scenario> & { send: object }): Scenario {
  return {
    ...asked(at, name, row),
    async send({ session, server }) {
      const { access } = await session()
      server.clock.advance(longAgo)
      return { ...row.send, headers: bearer(access) }
    },
  }
}

const patch = `PATCH ${path}` as const
const remove = `DELETE ${path}` as const
const required = { status: 400, body: '{"password":["This field is required."]}' }
const wrong = { status: 400, body: '{"password":["Invalid password."]}' }
const gone = { status: 204, body: '', headers: { 'content-type': null } }

/** `/api/me/` */
export const meTable: ScenarioTable = {
  group: 'account',
  title: path,
  rows: [
    asked(`GET ${path}`, 'the own account', { send: {}, body: me('<user>') }),
    asked(patch, 'another name', {
      send: { body: { username: 'Somebody.Else' } },
      body: me('Somebody.Else'),
    }),
    asked(patch, 'P21: what may not be changed is left alone', {
      send: {
        body: { email: 'x@example.com', is_staff: true, id: '1', is_active: false, password_hash: 'x' },
      },
      body: me('<user>'),
    }),
    {
      ...asked(patch, 'P22, P23: a name that somebody has, otherwise spelled', { send: {} }),
      async send({ server, session }) {
        await openSession(server, 'Taken')
        return { body: { username: 'TAKEN' }, headers: bearer((await session()).access) }
      },
      status: 400,
      body: '{"username":["A user with that username already exists."]}',
    },
    asked(patch, 'a name that is none', {
      ...{ send: { body: { username: 'a b' } }, status: 400 },
      body: '{"username":["Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."]}',
    }),
    later(patch, 'long after the login, without the password', {
      send: { body: { username: 'x1' } },
      ...required,
    }),
    later(patch, 'long after the login, with a wrong one', {
      ...{ send: { body: { username: 'x1', password: 'wrong' } }, ...wrong },
    }),
    later(patch, 'long after the login, with it', {
      ...{ send: { body: { username: 'x1', password: goodPassword } }, body: me('x1') },
    }),
    asked(remove, 'a moment after the login', { send: {}, ...gone }),
    later(remove, 'long after the login, with the password', {
      send: { body: { password: goodPassword } },
      ...gone,
    }),
    later(remove, 'long after the login, without it', { send: {}, ...required }),
    later(remove, 'long after the login, with a wrong one', {
      send: { body: { password: 'wrong' } },
      ...wrong,
    }),
    ...guardRows(`GET ${path}`),
    ...guardRows(patch),
    ...guardRows(remove),
    ...bodyRows(patch),
    ...bodyRows(remove),
  ],
}
