import { letterTo } from '../../accounts/mailbox.ts'
import { bearer } from '../../harness.ts'
import { goodPassword } from '../bodies.ts'
import { type Given, openSession, type Scenario, type ScenarioTable, type Send } from '../scenario.ts'
import { bodyRows, guardRows } from './guards.ts'

const change = 'POST /api/email/change/'
const verify = 'POST /api/email/verify/'
const resend = 'POST /api/email/verify/resend/'

const asked = { status: 200, body: '{"message":"A mail is on its way to the new address."}' }
const onItsWay = {
  status: 200,
  body: '{"message":"If this address waits to be confirmed, a mail is on its way."}',
}
const confirmed = { status: 200, body: '{"message":"The address is confirmed."}' }
const changed = { status: 200, body: '{"message":"The address was changed. All other sessions have ended."}' }
const badLink = { body: '{"token":["This link is not valid, or no longer. Ask for a new one."]}' }
const badCode = { body: '{"code":["This code is not valid, or no longer."]}' }
const taken = { body: '{"email":["This field must be unique."]}' }

function row(
  at: Scenario['at'],
  name: string,
  send: (given: Given) => Promise<Send>,
  answer: object,
): Scenario {
  return { at, name, send, status: 400, ...answer }
}

const own = ({ user }: Given) => `${user}@example.com`
const other = ({ user }: Given) => `${user}@example.net`

async function invited(given: Given) {
  await given.session()
  await given.server.post('/api/email/verify/resend/', { email: own(given) })
  return letterTo(given.server, own(given), 'verify_email')
}

async function moving(given: Given) {
  const { access } = await given.session()
  await given.server.post('/api/email/change/', { email: other(given) }, bearer(access))
  return { access, ...(await letterTo(given.server, other(given), 'change_email')) }
}

/** Another address, and the proof of one. */
export const emailTable: ScenarioTable = {
  group: 'account',
  title: 'addresses',
  rows: [
    row(
      change,
      'a moment after the login',
      async (given) => ({ body: { email: other(given) }, headers: bearer((await given.session()).access) }),
      asked,
    ),
    row(
      change,
      'long after the login, with the password',
      async (given) => {
        const { access } = await given.session()
        given.server.clock.advance(5 * 60_000)
        return { body: { email: other(given), password: goodPassword }, headers: bearer(access) }
      },
      asked,
    ),
    row(
      change,
      'long after the login, without it',
      async (given) => {
        const { access } = await given.session()
        given.server.clock.advance(5 * 60_000)
        return { body: { email: other(given) }, headers: bearer(access) }
      },
      { body: '{"password":["This field is required."]}' },
    ),
    row(
      change,
      'with a wrong one, though the login was a moment ago',
      async (given) => ({
        body: { email: other(given), password: 'wrong' },
        headers: bearer((await given.session()).access),
      }),
      { body: '{"password":["Invalid password."]}' },
    ),
    row(
      change,
      'to an address that somebody has',
      async (given) => {
        await openSession(given.server, `${given.user}y`)
        return {
          body: { email: `${given.user}y@example.com` },
          headers: bearer((await given.session()).access),
        }
      },
      taken,
    ),
    row(
      change,
      'P24: to what is none',
      async ({ session }) => ({ body: { email: 'a@b' }, headers: bearer((await session()).access) }),
      { body: '{"email":["Enter a valid email address."]}' },
    ),
    row(verify, 'by link', async (given) => ({ body: { token: (await invited(given)).token } }), confirmed),
    row(
      verify,
      'by code',
      async (given) => ({ body: { code: (await invited(given)).code, email: own(given) } }),
      confirmed,
    ),
    row(
      verify,
      'a new one, by link',
      async (given) => ({ body: { token: (await moving(given)).token } }),
      changed,
    ),
    row(
      verify,
      'a new one, by code and with a token',
      async (given) => {
        const { code, access } = await moving(given)
        return { body: { code, email: other(given) }, headers: bearer(access) }
      },
      changed,
    ),
    row(
      verify,
      'a new one, by code and without a token',
      async (given) => ({ body: { code: (await moving(given)).code, email: other(given) } }),
      badCode,
    ),
    row(
      verify,
      'another address than the code was sent to',
      async (given) => {
        const { code, access } = await moving(given)
        return { body: { code, email: 'somebody@example.org' }, headers: bearer(access) }
      },
      badCode,
    ),
    row(
      verify,
      'a new one that somebody has by now',
      async (given) => {
        const { token } = await moving(given)
        const { server, user } = given
        await server.post('/api/register/', {
          username: `${user}z`,
          email: other(given),
          password: goodPassword,
        })
        return { body: { token } }
      },
      taken,
    ),
    row(
      verify,
      'by a link that was followed already',
      async (given) => {
        const { token } = await invited(given)
        await given.server.post('/api/email/verify/', { token })
        return { body: { token } }
      },
      badLink,
    ),
    row(
      verify,
      'by a link to a new password',
      async (given) => {
        await given.session()
        await given.server.post('/api/password/reset/', { email: own(given) })
        return { body: { token: (await letterTo(given.server, own(given), 'reset_password')).token } }
      },
      badLink,
    ),
    row(
      verify,
      'by a link after a day',
      async (given) => {
        const { token } = await invited(given)
        given.server.clock.advance(86_400_000)
        return { body: { token } }
      },
      badLink,
    ),
    row(
      verify,
      'by a code of nobody',
      async () => ({ body: { code: '12345678', email: 'nobody@example.com' } }),
      badCode,
    ),
    row(verify, 'by nothing', async () => ({}), { body: '{"token":["This field is required."]}' }),
    row(
      resend,
      'P20: an address that waits',
      async (given) => {
        await given.session()
        return { body: { email: own(given) } }
      },
      onItsWay,
    ),
    row(
      resend,
      'P20: one that is confirmed',
      async (given) => {
        await given.server.post('/api/email/verify/', { token: (await invited(given)).token })
        return { body: { email: own(given) } }
      },
      onItsWay,
    ),
    row(
      resend,
      'P20: one that nobody has',
      async () => ({ body: { email: 'nobody@example.com' } }),
      onItsWay,
    ),
    row(resend, 'none', async () => ({}), { body: '{"email":["This field is required."]}' }),
    ...guardRows(change, { body: { email: 'new@example.com' } }),
    ...guardRows(verify, { body: { token: 'abc' } }),
    ...[change, verify, resend].flatMap((at) => bodyRows(at as Scenario['at'])),
  ],
}
