import { account } from './bodies.ts'
import type { Scenario, ScenarioTable } from './scenario.ts'

const at = 'POST /api/register/'
const required = '["This field is required."]'
const blank = '["This field may not be blank."]'
const nothing = '["This field may not be null."]'
const notText = '["Not a valid string."]'
const noEmail = '{"email":["Enter a valid email address."]}'

/** A registration that would be fine but for these members. */
function refused(name: string, change: Record<string, unknown>, body: string): Scenario {
  return { name, at, send: ({ user }) => ({ body: account(user, change) }), status: 400, body }
}

const allRequired = `{"username":${required},"email":${required},"password":${required}}`

/** Which fields there are and what each takes, before anything is known of their content. */
export const registerFields: ScenarioTable = {
  group: 'register',
  title: 'fields',
  rows: [
    { name: 'empty object', at, send: { body: {} }, status: 400, body: allRequired },
    { name: 'no body at all', at, status: 400, body: allRequired },
    refused('no username', { username: undefined }, `{"username":${required}}`),
    refused('no email', { email: undefined }, `{"email":${required}}`),
    refused('no password', { password: undefined }, `{"password":${required}}`),
    refused('blank username', { username: '' }, `{"username":${blank}}`),
    refused('whitespace-only username', { username: '   ' }, `{"username":${blank}}`),
    refused('blank email', { email: '' }, `{"email":${blank}}`),
    refused('blank password', { password: '' }, `{"password":${blank}}`),
    refused(
      'all three blank',
      { username: '', email: '', password: '' },
      `{"username":${blank},"email":${blank},"password":${blank}}`,
    ),
    refused('null username', { username: null }, `{"username":${nothing}}`),
    refused('null email', { email: null }, `{"email":${nothing}}`),
    refused('null password', { password: null }, `{"password":${nothing}}`),
    refused('username is true', { username: true }, `{"username":${notText}}`),
    refused('username is a list', { username: ['alice'] }, `{"username":${notText}}`),
    refused('username is an object', { username: { name: 'alice' } }, `{"username":${notText}}`),
    refused(
      'password is a number',
      { password: 918273645546 },
      '{"password":["This password is entirely numeric."]}',
    ),
    refused('password is a list', { password: ['correct horse battery'] }, `{"password":${notText}}`),
    refused('email is a number', { email: 12 }, noEmail),
    refused('weak password and bad email together', { email: 'plain', password: '123' }, noEmail),
    {
      name: 'username is a number (12345…)',
      at,
      send: {
        body: '{"username":1795295567402731036,"email":"number@example.com","password":"correct horse battery"}',
        headers: { 'content-type': 'application/json' },
      },
      status: 201,
      body: '{"id":"<uuid>","username":"1795295567402731036","email":"number@example.com"}',
    },
    {
      name: 'unknown extra field + is_staff/is_superuser',
      at,
      async send({ server, user }) {
        const flags = { is_staff: true, is_superuser: true, is_active: false, id: 7, colour: 'green' }
        await server.post('/api/register/', account(`${user}x`, flags))
        const stored = await server.deployment.store.findUserByName(`${user}x`)
        const { is_staff, is_superuser, is_active } = stored ?? {}
        return {
          body: account(`${user}`, {
            ...flags,
            email: `${user}-${is_staff}${is_superuser}${is_active}@example.com`,
          }),
        }
      },
      status: 201,
      body: '{"id":"<uuid>","username":"<user>","email":"<user>-001@example.com"}',
    },
  ],
}
