import { account, goodPassword } from '../bodies.ts'
import type { Scenario, ScenarioTable } from '../scenario.ts'

const notVerified = '{"detail":"The e-mail address is not verified yet.","code":"email_not_verified"}'
const unknown = '{"detail":"No active account found with the given credentials"}'

function rowsOf(path: '/api/login/' | '/api/token/'): Scenario[] {
  const at = `POST ${path}` as const
  const row = (name: string, password: string, body: string): Scenario => ({
    ...{ at, name: `${path}: ${name}`, status: 401, body },
    async send({ server, user }) {
      await server.post('/api/register/', account(user))
      return { body: { username: user, password } }
    },
  })
  return [
    row('before the address is confirmed', goodPassword, notVerified),
    row('the same with a wrong password', 'wrong', unknown),
  ]
}

/** A login where the address must be proven first. */
export const unverifiedTable: ScenarioTable = {
  group: 'account',
  title: 'an address that is not confirmed yet',
  env: { COUNTERSIGN_EMAIL_VERIFICATION: 'required' },
  rows: [...rowsOf('/api/login/'), ...rowsOf('/api/token/')],
}
