import type { Store } from '../store.ts'
import { cursorVerbs } from './verbs/cursors.ts'
import { importVerbs } from './verbs/imports.ts'
import { keyVerbs } from './verbs/keys.ts'
import { leaseVerbs } from './verbs/leases.ts'
import { legacyTokenVerbs } from './verbs/legacy-tokens.ts'
import { limitVerbs } from './verbs/limits.ts'
import { mailVerbs } from './verbs/mails.ts'
import { secretVerbs } from './verbs/secrets.ts'
import { sessionVerbs } from './verbs/sessions.ts'
import { trailVerbs } from './verbs/trail.ts'
import { userVerbs } from './verbs/users.ts'

/** What each verb that writes does to the database. */
export const writeTable = {
  ...userVerbs,
  ...importVerbs,
  ...sessionVerbs,
  ...legacyTokenVerbs,
  ...keyVerbs,
  ...secretVerbs,
  ...limitVerbs,
  ...mailVerbs,
  ...trailVerbs,
  ...cursorVerbs,
  ...leaseVerbs,
}

export type WriteVerb = keyof typeof writeTable
export type WriteVerbs = Pick<Store, WriteVerb>
