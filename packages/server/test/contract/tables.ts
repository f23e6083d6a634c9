import { emailTable } from './account/email.table.ts'
import { meTable } from './account/me.table.ts'
import { oauthTable } from './account/oauth.table.ts'
import { passwordTable } from './account/password.table.ts'
import { sessionsTable } from './account/sessions.table.ts'
import { unverifiedTable } from './account/unverified.table.ts'
import { development, emailOptional } from './development.table.ts'
import { guarded } from './guarded.table.ts'
import { login } from './login.table.ts'
import { logout } from './logout.table.ts'
import { paths } from './paths.table.ts'
import { refresh } from './refresh.table.ts'
import { registerBodies } from './register-bodies.table.ts'
import { registerFields } from './register-fields.table.ts'
import { registerNames } from './register-names.table.ts'
import { registerSecrets } from './register-secrets.table.ts'
import type { ScenarioTable } from './scenario.ts'

/** The whole wire contract, in the order in which docs/compatibility.md tells of it. */
export const tables: readonly ScenarioTable[] = [
  registerFields,
  registerBodies,
  registerNames,
  registerSecrets,
  development,
  emailOptional,
  login('/api/login/'),
  login('/api/token/'),
  guarded('/api/protected/'),
  guarded('/api/dashboard/'),
  refresh,
  logout,
  paths,
  meTable,
  sessionsTable,
  passwordTable,
  emailTable,
  oauthTable,
  unverifiedTable,
]
