import { letterTo } from '../../accounts/mailbox.ts'
import { bearer } from '../../harness.ts'
import { goodPassword } from '../bodies.ts'
import type { Given, Scenario, ScenarioTable, Send } from '../scenario.ts'
import { bodyRows, guardRows } from './guards.ts'

const change = 'POST /api/password/change/'
const ask = 'POST /api/password/reset/'
const confirm = 'POST /api/password/reset/confirm/'
const another = 'another horse battery'

function changed(name: string, body: object, answer: Partial<Scenario>): Scenario {
  return {
    ...{ at: change, name, status: 400 },
    send: async ({ session }) => ({ body, headers: bearer((await session()).access) }),
    ...answer,
  }
}

const onItsWay = { status: 200, body: '{"message":"If an account has this address, a mail is on its way."}' }

function confirmed(name: string, send: (given: Given) => Promise<Send>, answer: Partial<Scenario>): Scenario {
  return { at: confirm, name, send, status: 400, ...answer }
}

/** Asks for a new password; what its mail says. */
async function invited({ server, session, user }: Given) {
  await session()
  await server.post('/api/password/reset/', { email: `${user}@example.com` })
  return letterTo(server, `${user}@example.com`, 'reset_password')
}

const done = { status: 200, body: '{"message":"The password was changed. All sessions have ended."}' }
const badLink = { body: '{"token":["This link is not valid, or no longer. Ask for a new one."]}' }
const badCode = { body: '{"code":["This code is not valid, or no longer."]}' }

const withNew = { new_password: another }

/** A new password, with the old one or by mail. */
export const passwordTable: ScenarioTable = {
  group: 'account',
  title: 'passwords',
  rows: [
    changed(
      'P25: the old one and a good one',
      { old_password: goodPassword, new_password: another },
      { status: 200, body: '{"message":"The password was changed. All other sessions have ended."}' },
    ),
    changed(
      'P25: a wrong old one, before anything is said of the new',
      { old_password: 'wrong', new_password: '1' },
      { body: '{"old_password":["Invalid password."]}' },
    ),
    changed(
      'neither',
      {},
      { body: '{"old_password":["This field is required."],"new_password":["This field is required."]}' },
    ),
    changed(
      'P09: a common one, too short and numeric',
      { old_password: goodPassword, new_password: '1234' },
      {
        body: '{"new_password":["This password is too short. It must contain at least 8 characters.","This password is too common.","This password is entirely numeric."]}',
      },
    ),
    {
      ...changed('P10: one like the name', {}, {}),
      send: async ({ session, user }) => ({
        body: { old_password: goodPassword, new_password: `${user}12` },
        headers: bearer((await session()).access),
      }),
      body: '{"new_password":["The password is too similar to the username."]}',
    },
    changed(
      'P05: one that is too long',
      { old_password: goodPassword, new_password: 'x'.repeat(1025) },
      { body: '{"new_password":["Ensure this field has no more than 1024 bytes."]}' },
    ),
    {
      ...{ at: ask, name: 'F12: an address that somebody has', ...onItsWay },
      async send({ session, user }) {
        await session()
        return { body: { email: `${user.toUpperCase()}@Example.com` } }
      },
    },
    {
      at: ask,
      name: 'F12: one that nobody has',
      send: { body: { email: 'nobody@example.com' } },
      ...onItsWay,
    },
    {
      ...{ at: ask, name: 'P24: what is no address', send: { body: { email: 'a@b' } }, status: 400 },
      body: '{"email":["Enter a valid email address."]}',
    },
    { at: ask, name: 'none', status: 400, body: '{"email":["This field is required."]}' },
    confirmed(
      'F11: by link',
      async (given) => ({ body: { token: (await invited(given)).token, ...withNew } }),
      done,
    ),
    confirmed(
      'by code, as people type it',
      async (given) => {
        const { code } = await invited(given)
        const email = `${given.user}@example.com`
        return { body: { email, code: ` ${code.slice(0, 4)} ${code.slice(4)}`, ...withNew } }
      },
      done,
    ),
    confirmed(
      'F11: by link, a second time',
      async (given) => {
        const body = { token: (await invited(given)).token, ...withNew }
        await given.server.post('/api/password/reset/confirm/', body)
        return { body }
      },
      badLink,
    ),
    confirmed(
      'F11: by a link after an hour',
      async (given) => {
        const { token } = await invited(given)
        given.server.clock.advance(3_600_000)
        return { body: { token, ...withNew } }
      },
      badLink,
    ),
    confirmed(
      'F11: by the older of two links',
      async (given) => {
        const { token } = await invited(given)
        given.server.clock.advance(1)
        await invited(given)
        return { body: { token, ...withNew } }
      },
      badLink,
    ),
    confirmed('by a link that is none', async () => ({ body: { token: 'abc', ...withNew } }), badLink),
    confirmed(
      'by a link that is for an address',
      async (given) => {
        await given.session()
        const email = `${given.user}@example.com`
        await given.server.post('/api/email/verify/resend/', { email })
        return { body: { token: (await letterTo(given.server, email, 'verify_email')).token, ...withNew } }
      },
      badLink,
    ),
    confirmed(
      'by a wrong code',
      async (given) => {
        const { code } = await invited(given)
        const other = code.startsWith('0') ? `1${code.slice(1)}` : `0${code.slice(1)}`
        return { body: { email: `${given.user}@example.com`, code: other, ...withNew } }
      },
      badCode,
    ),
    confirmed(
      'by a code of nobody',
      async () => ({ body: { email: 'nobody@example.com', code: '12345678', ...withNew } }),
      badCode,
    ),
    confirmed('by neither', async () => ({ body: withNew }), {
      body: '{"token":["This field is required."]}',
    }),
    confirmed('by a code without an address', async () => ({ body: { code: '12345678', ...withNew } }), {
      body: '{"email":["This field is required."]}',
    }),
    confirmed(
      'by an address without a code',
      async () => ({ body: { email: 'a@example.com', ...withNew } }),
      { body: '{"code":["This field is required."]}' },
    ),
    confirmed(
      'a password that the policy refuses: the link is good still',
      async (given) => ({ body: { token: (await invited(given)).token, new_password: 'password' } }),
      { body: '{"new_password":["This password is too common."]}' },
    ),
    ...guardRows(change, { body: { old_password: goodPassword, new_password: another } }),
    ...[change, ask, confirm].flatMap((at) => bodyRows(at as Scenario['at'])),
  ],
}
