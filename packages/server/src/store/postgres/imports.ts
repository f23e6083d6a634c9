import { endReason, judge, numberOf, userColumns } from '../imported.ts'
import type {
  ImportedUser,
  ImportTokenOutcome,
  ImportUserOutcome,
  ImportUsersInput,
  NewLegacyToken,
  UserNames,
} from '../port/imports.ts'
import type { SessionRow, UserRow } from '../schema.ts'
import type { Store } from '../store.ts'
import type { Connections, Runner } from './pool/connections.ts'
import { violatedUnique } from './pool/faults.ts'
import { inTurn } from './pool/in-turn.ts'
import { isText, statement } from './pool/statement.ts'
import { voidSecrets } from './secrets.ts'
import { endLiveSessions } from './sessions.ts'

const columns = userColumns.join(', ')

/** A batch is one statement: each column is one parameter, an array. Of two rows that collide the first one stays. */
const insertUsers = statement(
  'import_users',
  `INSERT INTO users (id, username, username_canonical, email, email_canonical, password_hash,
                      is_active, is_staff, is_superuser, created_at, last_login_at, email_verified_at,
                      password_changed_at, first_name, last_name, group_names)
   SELECT id, username, username_canonical, email, email_canonical, password_hash,
          is_active, is_staff, is_superuser, created_at, last_login_at, email_verified_at,
          password_changed_at, first_name, last_name, group_names
     FROM unnest(@id::text[], @username::text[], @username_canonical::text[], @email::text[],
                 @email_canonical::text[], @password_hash::text[], @is_active::smallint[], @is_staff::smallint[],
                 @is_superuser::smallint[], @created_at::bigint[], @last_login_at::bigint[],
                 @email_verified_at::bigint[], @password_changed_at::bigint[], @first_name::text[],
                 @last_name::text[], @group_names::text[])
          WITH ORDINALITY AS given(id, username, username_canonical, email, email_canonical, password_hash,
                                   is_active, is_staff, is_superuser, created_at, last_login_at, email_verified_at,
                                   password_changed_at, first_name, last_name, group_names, position)
    ORDER BY position
       ON CONFLICT DO NOTHING RETURNING id`,
)

const updateUser = statement(
  'reimport_user',
  `UPDATE users SET ${userColumns.map((name) => `${name} = @${name}`).join(', ')} WHERE id = @id`,
)

const alike = statement(
  'alike_users',
  `SELECT ${columns} FROM users WHERE id = ANY(@ids::text[])
    UNION SELECT ${columns} FROM users WHERE username_canonical = ANY(@names::text[])
    UNION SELECT ${columns} FROM users WHERE email_canonical = ANY(@emails::text[])`,
)

const raiseCounter = statement(
  'raise_counter',
  `INSERT INTO counters (name, value) VALUES ('users', @number)
       ON CONFLICT (name) DO UPDATE SET value = greatest(counters.value, excluded.value)`,
)

const nextNumber = statement(
  'next_number',
  `INSERT INTO counters (name, value) VALUES ('users', 1)
       ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value`,
)

/** Locks the users: whoever disables or deletes one comes before or after, never between. */
const insertSessions = statement(
  'import_sessions',
  `WITH owner AS (SELECT id FROM users WHERE id = ANY(@user_id::text[]) AND is_active = 1 FOR SHARE)
   INSERT INTO sessions (id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address,
                         revoked_at, revoked_reason, idempotency_digest)
   SELECT given.id, owner.id, generation, created_at, rotated_at, expires_at, ends_at, device, address,
          revoked_at, revoked_reason, idempotency_digest
     FROM unnest(@id::text[], @user_id::text[], @generation::bigint[], @created_at::bigint[], @rotated_at::bigint[],
                 @expires_at::bigint[], @ends_at::bigint[], @device::text[], @address::text[], @revoked_at::bigint[],
                 @revoked_reason::text[], @idempotency_digest::bytea[])
            AS given(id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address,
                     revoked_at, revoked_reason, idempotency_digest)
     JOIN owner ON owner.id = given.user_id
       ON CONFLICT (id) DO NOTHING RETURNING id`,
)

const knownSessions = statement('known_sessions', 'SELECT id FROM sessions WHERE id = ANY(@id::text[])')

const insertTokens = statement(
  'import_legacy_tokens',
  `WITH owner AS (SELECT id FROM users WHERE id = ANY(@user_id::text[]) FOR SHARE)
   INSERT INTO legacy_tokens (jti, user_id, expires_at, is_blacklisted)
   SELECT jti, owner.id, expires_at, is_blacklisted
     FROM unnest(@jti::text[], @user_id::text[], @expires_at::bigint[], @is_blacklisted::smallint[])
            AS given(jti, user_id, expires_at, is_blacklisted)
     JOIN owner ON owner.id = given.user_id
       ON CONFLICT (jti) DO NOTHING RETURNING jti`,
)

const blacklist = statement(
  'blacklist_legacy_tokens',
  'UPDATE legacy_tokens SET is_blacklisted = 1 WHERE jti = ANY(@jtis::text[]) AND is_blacklisted = 0 RETURNING jti',
)

/** From then on a token that is not among them is unlisted. */
const countTokens = statement(
  'count_legacy_tokens',
  `INSERT INTO counters (name, value) VALUES ('legacy_tokens', @count)
       ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value`,
)

const knownTokens = statement(
  'known_legacy_tokens',
  'SELECT jti FROM legacy_tokens WHERE jti = ANY(@jti::text[])',
)

const sessionColumns = [
  ...(['id', 'user_id', 'generation', 'created_at', 'rotated_at', 'expires_at', 'ends_at'] as const),
  ...(['device', 'address', 'revoked_at', 'revoked_reason', 'idempotency_digest'] as const),
] as const satisfies readonly (keyof SessionRow)[]

const tokenColumns = ['jti', 'user_id', 'expires_at', 'is_blacklisted'] as const

/** Each column of the rows as one array. */
function columnwise<Row extends object>(names: readonly (keyof Row)[], rows: readonly Row[]) {
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]))
}

/** Text with a NUL is nobody's, and the database refuses even to look for it. */
async function findAlike(db: Runner, names: readonly UserNames[]): Promise<UserRow[]> {
  const texts = (all: readonly (string | null)[]) => all.filter((one) => one !== null).filter(isText)
  return db.rows<UserRow>(alike, {
    ids: texts(names.map(({ id }) => id)),
    names: texts(names.map(({ username_canonical }) => username_canonical)),
    emails: texts(names.map(({ email_canonical }) => email_canonical)),
  })
}

async function importUsers(db: Runner, input: ImportUsersInput): Promise<ImportUserOutcome[]> {
  const { users } = input
  const made = await db.rows<{ id: string }>(insertUsers, columnwise(userColumns, users))
  const created = new Set(made.map(({ id }) => id))
  const isNew = users.map(({ id }) => created.delete(id))
  const known = await findAlike(
    db,
    users.filter((_, at) => !isNew[at]),
  )
  const outcomes: ImportUserOutcome[] = []
  for (const [at, row] of users.entries()) {
    outcomes.push(isNew[at] ? { outcome: 'created' } : await importKnown(db, row, { known, input }))
  }
  const number = Math.max(...users.map((row, at) => (outcomes[at]?.outcome === 'taken' ? 0 : numberOf(row))))
  if (number > 0) await db.rows(raiseCounter, { number })
  return outcomes
}

interface Standing {
  /** changes with every update */
  known: UserRow[]
  input: ImportUsersInput
}

async function importKnown(
  db: Runner,
  row: ImportedUser,
  { known, input }: Standing,
): Promise<ImportUserOutcome> {
  const judgement = judge(row, known, input.existing)
  if (judgement === 'insert') {
    // Whoever was in the way is gone by now, or has given his name away a moment ago.
    const [outcome] = await importUsers(db, { ...input, users: [row] })
    return outcome ?? { outcome: 'created' }
  }
  if (judgement !== 'update') return judgement
  const at = known.findIndex(({ id }) => id === row.id)
  const before = known[at]
  if (!before) throw new Error('nobody is there to be updated')
  const reason = endReason(before, row)
  await db.rows(updateUser, row)
  known[at] = { ...before, ...row }
  if (reason) await endLiveSessions(db, { userId: row.id, now: input.now, reason })
  await voidSecrets(db, row.id)
  return { outcome: 'updated' }
}

async function importSessions(db: Runner, sessions: readonly SessionRow[]) {
  const input = columnwise(sessionColumns, sessions)
  const made = new Set((await db.rows<{ id: string }>(insertSessions, input)).map(({ id }) => id))
  const known = new Set((await db.rows<{ id: string }>(knownSessions, input)).map(({ id }) => id))
  return sessions.map(({ id }) => (made.delete(id) ? 'created' : known.has(id) ? 'unchanged' : 'refused'))
}

async function importTokens(db: Runner, tokens: readonly NewLegacyToken[]): Promise<ImportTokenOutcome[]> {
  const input = columnwise(tokenColumns, tokens)
  const jtisOf = async (rows: Promise<{ jti: string }[]>) => new Set((await rows).map(({ jti }) => jti))
  const made = await jtisOf(db.rows(insertTokens, input))
  const jtis = tokens.filter(({ is_blacklisted }) => is_blacklisted === 1).map(({ jti }) => jti)
  const updated = await jtisOf(db.rows(blacklist, { jtis }))
  const known = await jtisOf(db.rows(knownTokens, input))
  await db.rows(countTokens, { count: made.size })
  return tokens.map(({ jti }) => {
    if (made.delete(jti)) return 'created'
    if (updated.delete(jti)) return 'updated'
    return known.has(jti) ? 'unchanged' : 'missing'
  })
}

const mostAttempts = 8

/** Somebody else took a name between the look and the update: the second look sees him. */
async function again<T>(work: () => Promise<T>, attempt = 1): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (violatedUnique(thrown) === undefined || attempt === mostAttempts) throw thrown
    return again(work, attempt + 1)
  }
}

type ImportVerbs = Pick<
  Store,
  'findAlike' | 'importUsers' | 'importSessions' | 'importLegacyTokens' | 'nextUserNumber'
>

/** The verbs that take in what comes from elsewhere, and the number that it raises. */
export function importVerbs(db: Connections): ImportVerbs {
  return {
    findAlike: (names) => findAlike(db, names),
    importUsers: (input) => again(() => inTurn(db, (runner) => importUsers(runner, input))),
    importSessions: (sessions) => inTurn(db, (runner) => importSessions(runner, sessions)),
    importLegacyTokens: (tokens) => inTurn(db, (runner) => importTokens(runner, tokens)),
    nextUserNumber: async () => (await db.rows<{ value: number }>(nextNumber, {}))[0]?.value ?? 0,
  }
}
