import { reasons } from './reasons.ts'
import type { ScenarioTable } from './scenario.ts'

/** What `countersign dev` answers to the quick start, where production refuses its password. */
export const development: ScenarioTable = {
  group: 'register',
  title: 'in development',
  env: { COUNTERSIGN_PASSWORD_COMMON: 'warn' },
  rows: [
    {
      name: "README A's own example: alice / test1234",
      at: 'POST /api/register/',
      send: { body: { username: 'alice', email: 'alice@example.com', password: 'test1234' } },
      status: 201,
      body: '{"id":"<uuid>","username":"alice","email":"alice@example.com","warnings":{"password":["This password is too common."]}}',
      deviation: reasons.readmeExample,
    },
  ],
}

/** Where an operator made the e-mail address optional, as in the first seed. */
export const emailOptional: ScenarioTable = {
  group: 'register',
  title: 'with COUNTERSIGN_EMAIL=optional',
  env: { COUNTERSIGN_EMAIL: 'optional' },
  rows: [
    {
      name: 'no email, where it is optional',
      at: 'POST /api/register/',
      send: ({ user }) => ({ body: { username: user, password: 'correct horse battery' } }),
      status: 201,
      body: '{"id":"<uuid>","username":"<user>","email":""}',
    },
    {
      name: 'blank email, where it is optional',
      at: 'POST /api/register/',
      send: ({ user }) => ({ body: { username: user, email: '', password: 'correct horse battery' } }),
      status: 201,
      body: '{"id":"<uuid>","username":"<user>","email":""}',
    },
    {
      name: 'a bad email, where it is optional',
      at: 'POST /api/register/',
      send: ({ user }) => ({ body: { username: user, email: 'plain', password: 'correct horse battery' } }),
      status: 400,
      body: '{"email":["Enter a valid email address."]}',
    },
  ],
}
