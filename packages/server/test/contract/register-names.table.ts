import { account, typed } from './bodies.ts'
import { reasons } from './reasons.ts'
import type { Given, Scenario, ScenarioTable } from './scenario.ts'

const at = 'POST /api/register/'
const path = '/api/register/'
const invalid =
  '"Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."'
const taken = '{"username":["A user with that username already exists."]}'

function refused(name: string, username: (given: Given) => string, body: string): Scenario {
  return { name, at, send: (given) => ({ body: named(given, username(given)) }), status: 400, body }
}

function accepted(name: string, username: (given: Given) => string, stored: string): Scenario {
  const body = `{"id":"<uuid>","username":"${stored}","email":"<user>@example.com"}`
  return { name, at, send: (given) => ({ body: named(given, username(given)) }), status: 201, body }
}

function named({ user }: Given, username: string): Record<string, unknown> {
  return account(user, { username })
}

/** Somebody of that name is there already. */
function takenBefore(
  name: string,
  first: (given: Given) => string,
  second: (given: Given) => string,
): Scenario {
  return {
    name,
    at,
    async send(given) {
      await given.server.post(path, account(first(given), { email: `first-${given.user}@example.com` }))
      return { body: named(given, second(given)) }
    },
    status: 400,
    body: taken,
  }
}

/** User names: which are names, and which are the same. */
export const registerNames: ScenarioTable = {
  group: 'register',
  title: 'names',
  rows: [
    accepted('username of 150 chars', ({ user }) => user.padEnd(150, 'x'), `<user>${'x'.repeat(143)}`),
    refused(
      'username of 151 chars',
      ({ user }) => user.padEnd(151, 'x'),
      '{"username":["Ensure this field has no more than 150 characters."]}',
    ),
    refused('username with a space', ({ user }) => `${user} b`, `{"username":[${invalid}]}`),
    refused("username with '!'", ({ user }) => `${user}!`, `{"username":[${invalid}]}`),
    accepted('username with every allowed sign (@ . + - _)', ({ user }) => `${user}@.+-_`, '<user>@.+-_'),
    accepted('username with surrounding spaces (trimmed?)', ({ user }) => `  ${user}  `, '<user>'),
    accepted('username with a newline at its end', ({ user }) => `${user}\n`, '<user>'),
    refused(
      'username with NUL',
      ({ user }) => `${user}\0`,
      `{"username":[${invalid},"Null characters are not allowed."]}`,
    ),
    {
      ...refused(
        'lone surrogate in username (\\ud800)',
        () => '',
        `{"username":[${invalid},"Surrogate characters are not allowed: U+D800."]}`,
      ),
      send: ({ user }) => typed(JSON.stringify(account(user)).replace(`"${user}"`, `"${user}\\ud800"`)),
    },
    accepted('non-ASCII username (Ünal…)', ({ user }) => `Ünal${user}`, 'Ünal<user>'),
    accepted("NFKC 1: plain username 'fi…'", ({ user }) => `fi${user}`, 'fi<user>'),
    {
      ...takenBefore(
        "NFKC 2: same name with the ligature 'ﬁ…'",
        ({ user }) => `fi${user}`,
        ({ user }) => `ﬁ${user}`,
      ),
      deviation: reasons.never500,
    },
    accepted('NFKC 3: ligature username, new', ({ user }) => `ﬁ${user}`, 'fi<user>'),
    takenBefore(
      'duplicate username',
      ({ user }) => user,
      ({ user }) => user,
    ),
    {
      ...takenBefore(
        'username that differs in case only',
        ({ user }) => user,
        ({ user }) => user.toUpperCase(),
      ),
      deviation: reasons.sameName,
    },
    {
      name: 'duplicate username and email',
      at,
      async send({ server, user }) {
        await server.post(path, account(user))
        return { body: account(user) }
      },
      status: 400,
      body: '{"username":["A user with that username already exists."],"email":["This field must be unique."]}',
    },
    {
      name: 'a taken username beside a bad email',
      at,
      async send({ server, user }) {
        await server.post(path, account(user))
        return { body: account(user, { email: 'plain' }) }
      },
      status: 400,
      body: '{"email":["Enter a valid email address."]}',
      deviation: reasons.takenLast,
      django:
        '400 `{"username":["A user with that username already exists."],"email":["Enter a valid email address."]}`',
    },
    {
      ...refused(
        'letters of two alphabets in one username',
        ({ user }) => `${user}аdmin`,
        '{"username":["Letters of different alphabets may not be mixed in a username."]}',
      ),
      deviation: reasons.mixedScripts,
      django: '201',
    },
    {
      ...refused(
        'a letter that shows nothing (Hangul filler)',
        ({ user }) => `${user}\u3164`,
        `{"username":[${invalid}]}`,
      ),
      deviation: reasons.mixedScripts,
      django: '201',
    },
  ],
}
