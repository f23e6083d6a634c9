import { account } from './bodies.ts'
import { reasons } from './reasons.ts'
import type { Given, Scenario, ScenarioTable } from './scenario.ts'

const at = 'POST /api/register/'
const path = '/api/register/'
const created = '{"id":"<uuid>","username":"<user>","email":"<user>@example.com"}'
const badEmail = '{"email":["Enter a valid email address."]}'
const uniqueEmail = '{"email":["This field must be unique."]}'

function refused(name: string, change: Record<string, unknown>, body: string): Scenario {
  return { name, at, send: ({ user }) => ({ body: account(user, change) }), status: 400, body }
}

function withPassword(name: string, password: string, faults: readonly string[]): Scenario {
  return refused(name, { password }, JSON.stringify({ password: faults }))
}

function email(name: string, address: (given: Given) => string, told: string): Scenario {
  return {
    name,
    at,
    send: (given) => ({ body: account(given.user, { email: address(given) }) }),
    status: 201,
    body: `{"id":"<uuid>","username":"<user>","email":"${told}"}`,
  }
}

function takenEmail(name: string, second: (address: string) => string): Scenario {
  return {
    name,
    at,
    async send({ server, user }) {
      const address = `${user}@example.com`
      await server.post(path, account(`${user}x`, { email: address }))
      return { body: account(user, { email: second(address) }) }
    },
    status: 400,
    body: uniqueEmail,
  }
}

const label = (letter: string, length: number) => letter.repeat(length)
const longEmail = `${label('a', 60)}@${label('b', 60)}.${label('c', 60)}.${label('d', 60)}.exampleeeee`
const tooShort = 'This password is too short. It must contain at least 8 characters.'
const tooCommon = 'This password is too common.'
const numeric = 'This password is entirely numeric.'

/** E-mail addresses and passwords. */
export const registerSecrets: ScenarioTable = {
  group: 'register',
  title: 'e-mail and password',
  rows: [
    refused("email 'plain'", { email: 'plain' }, badEmail),
    refused("email 'a@'", { email: 'a@' }, badEmail),
    refused("email '@b.com'", { email: '@b.com' }, badEmail),
    refused("email 'a b@example.com'", { email: 'a b@example.com' }, badEmail),
    email("email 'a@localhost'", () => 'a@localhost', 'a@localhost'),
    refused("email 'a@example'", { email: 'a@example' }, badEmail),
    refused("email 'a@@example.com'", { email: 'a@@example.com' }, badEmail),
    refused("email 'a@-x.com'", { email: 'a@-x.com' }, badEmail),
    email('email with IDN domain', ({ user }) => `${user}@münchen.de`, '<user>@münchen.de'),
    {
      ...email('email with capitals', ({ user }) => `${user}@EXAMPLE.com`, '<user>@EXAMPLE.com'),
      deviation: reasons.typedEmail,
      django: '201 `{"username":"<user>","email":"<user>@example.com"}`',
    },
    email('email with +tag', ({ user }) => `${user}+tag@example.com`, '<user>+tag@example.com'),
    refused(
      'email of 255 chars',
      { email: longEmail },
      '{"email":["Ensure this field has no more than 254 characters."]}',
    ),
    refused(
      'email of 255 chars that is none',
      { email: 'x'.repeat(255) },
      '{"email":["Ensure this field has no more than 254 characters.","Enter a valid email address."]}',
    ),
    refused('email is a list', { email: ['a@example.com'] }, badEmail),
    refused(
      'email with NUL',
      { email: 'a\0@example.com' },
      '{"email":["Null characters are not allowed.","Enter a valid email address."]}',
    ),
    takenEmail('duplicate email', (address) => address),
    takenEmail('duplicate email, other case', (address) => address.toUpperCase()),

    {
      name: "README B's sample password TestPass123",
      at,
      send: ({ user }) => ({ body: account(user, { password: 'TestPass123' }) }),
      status: 201,
      body: created,
    },
    {
      name: "README A's own example: alice / test1234",
      at,
      send: { body: { username: 'alice', email: 'alice@example.com', password: 'test1234' } },
      status: 400,
      body: `{"password":["${tooCommon}"]}`,
    },
    withPassword('password with NUL', 'correct\0horse', ['Null characters are not allowed.']),
    withPassword('password of 7 chars', 'zq7!kx2', [tooShort]),
    withPassword('common password (password123)', 'password123', [tooCommon]),
    {
      ...refused("password that Django's list has and ours has not", { password: '000webhost' }, created),
      status: 201,
      deviation: reasons.otherCommonList,
      django: `400 \`{"password":["${tooCommon}"]}\``,
    },
    withPassword('numeric password (non-common)', '918273645546', [numeric]),
    withPassword('numeric, short and common (123456)', '123456', [tooShort, tooCommon, numeric]),
    {
      ...refused(
        'password similar to username',
        {},
        '{"password":["The password is too similar to the username."]}',
      ),
      send: ({ user }) => ({
        body: account(`${user}abcdef`, { email: 'z@example.com', password: `${user}abcdeg` }),
      }),
    },
    {
      ...refused(
        "password similar to email's local part",
        {},
        '{"password":["The password is too similar to the email address."]}',
      ),
      send: ({ user }) => ({
        body: account(user, { email: 'quillfeather@example.com', password: 'quillfeather9' }),
      }),
    },
    {
      ...refused('password of 128 chars', {}, created),
      send: ({ user }) => ({ body: account(user, { password: 'pq7 '.repeat(32) }) }),
      status: 201,
    },
    {
      ...refused('password of 129 chars', {}, created),
      send: ({ user }) => ({ body: account(user, { password: `${'pq7 '.repeat(32)}!` }) }),
      status: 201,
      deviation: reasons.passwordLength,
    },
    {
      name: 'password of 1025 bytes',
      at,
      send: ({ user }) => ({ body: account(user, { password: `${'ü'.repeat(512)}!` }) }),
      status: 400,
      body: '{"password":["Ensure this field has no more than 1024 bytes."]}',
      deviation: reasons.passwordLength,
      django: '400 `{"password":["Ensure this field has no more than 128 characters."]}`',
    },
    {
      name: 'password with outer spaces',
      at,
      send: ({ user }) => ({ body: account(user, { password: '  correct horse battery  ' }) }),
      status: 201,
      body: created,
    },
  ],
}
