import { judge } from '../store/imported.ts'
import type {
  ImportedUser,
  ImportSessionOutcome,
  ImportTokenOutcome,
  ImportUserOutcome,
  ImportUsersInput,
  NewLegacyToken,
  UserNames,
} from '../store/port/imports.ts'
import type { SessionRow, UserRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'

type Read = Pick<Store, 'findAlike' | 'findSession'>
type Imports = Pick<Store, 'findAlike' | 'importUsers' | 'importSessions' | 'importLegacyTokens'>

/**
 * A store that says what would become of an import and writes nothing. It remembers the names that it was given, so
 * that rows which collide with each other are found as well.
 */
export function createDryRun(store: Read): Imports {
  const users = new Map<string, UserRow>()
  const names = new Map<string, string>()
  const emails = new Map<string, string>()

  function remember(user: ImportedUser, before: UserRow | undefined): void {
    users.set(user.id, { sessions_ended_at: null, admin_role: null, ...before, ...user })
    names.set(user.username_canonical, user.id)
    if (user.email_canonical !== null) emails.set(user.email_canonical, user.id)
  }

  function remembered({ id, username_canonical, email_canonical }: UserNames): UserRow[] {
    const ids = [id, names.get(username_canonical), emails.get(email_canonical ?? '')]
    return ids.map((one) => users.get(one ?? '')).filter((one) => one !== undefined)
  }

  async function findAlike(given: readonly UserNames[]): Promise<UserRow[]> {
    const stored = (await store.findAlike(given)).filter(({ id }) => !users.has(id))
    return [...stored, ...new Set(given.flatMap(remembered))]
  }

  async function tryUsers({ users: rows, existing }: ImportUsersInput): Promise<ImportUserOutcome[]> {
    const stored = await store.findAlike(rows)
    return rows.map((row) => {
      const alike = [...stored.filter(({ id }) => !users.has(id)), ...remembered(row)]
      const judgement = judge(row, alike, existing)
      if (judgement !== 'insert' && judgement !== 'update') return judgement
      remember(
        row,
        alike.find(({ id }) => id === row.id),
      )
      return { outcome: judgement === 'insert' ? 'created' : 'updated' }
    })
  }

  async function ownerOf(userId: string): Promise<UserRow | undefined> {
    const [owner] = await findAlike([{ id: userId, username_canonical: '', email_canonical: null }])
    return owner
  }

  async function trySession({ id, user_id }: SessionRow): Promise<ImportSessionOutcome> {
    if (await store.findSession(id)) return 'unchanged'
    return (await ownerOf(user_id ?? ''))?.is_active === 1 ? 'created' : 'refused'
  }

  /** Whether one is there already is not asked: it makes no difference. */
  async function tryToken({ user_id }: NewLegacyToken): Promise<ImportTokenOutcome> {
    return (await ownerOf(user_id)) ? 'created' : 'missing'
  }

  return {
    findAlike,
    importUsers: tryUsers,
    importSessions: (sessions) => Promise.all(sessions.map(trySession)),
    importLegacyTokens: (tokens) => Promise.all(tokens.map(tryToken)),
  }
}
