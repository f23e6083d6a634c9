import type { ForeignDatabase } from '../../store/foreign/foreign.ts'

/** What other tables say of users, by their keys. */
export interface Beside {
  groupsOf(keys: readonly string[]): Promise<ReadonlyMap<string, string[]>>
  /** addresses in lower case that were shown to be read, where an app keeps them */
  verifiedOf(keys: readonly string[]): Promise<ReadonlyMap<string, string[]>>
}

/** @param users the table of users: the one between it and the groups is called after it */
export async function openBeside(db: ForeignDatabase, users: string): Promise<Beside> {
  const groups = await openGroups(db, `${users}_groups`)
  const hasAddresses = (await db.columnsOf(addresses)).includes('verified')
  return {
    groupsOf: groups,
    verifiedOf: hasAddresses ? (keys) => verifiedOf(db, keys) : async () => new Map(),
  }
}

async function openGroups(db: ForeignDatabase, between: string): Promise<Beside['groupsOf']> {
  const columns = await db.columnsOf(between)
  const owner = columns.find((name) => name !== 'id' && name !== 'group_id')
  const names = columns.includes('group_id') && owner ? await groupNames(db) : new Map<string, string>()
  if (!owner || names.size === 0) return async () => new Map()
  return async (keys) => {
    const rows = await db.pick({
      table: between,
      columns: { [owner]: 'text', group_id: 'text' },
      by: owner,
      values: keys,
    })
    return gathered(rows.map((row) => [String(row[owner]), names.get(String(row.group_id)) ?? '']))
  }
}

const mostGroups = 100_000

async function groupNames(db: ForeignDatabase): Promise<Map<string, string>> {
  if ((await db.columnsOf('auth_group')).length === 0) return new Map()
  const rows = await db.read({
    table: 'auth_group',
    columns: { id: 'text', name: 'text' },
    key: 'id',
    after: undefined,
    limit: mostGroups,
  })
  return new Map(rows.map(({ id, name }) => [String(id), String(name)]))
}

/** Of django-allauth. */
const addresses = 'account_emailaddress'

async function verifiedOf(
  db: ForeignDatabase,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string[]>> {
  const columns = { user_id: 'text', email: 'text', verified: 'flag' } as const
  const rows = await db.pick({ table: addresses, columns, by: 'user_id', values: keys })
  const verified = rows.filter((row) => row.verified === 1)
  return gathered(verified.map((row) => [String(row.user_id), String(row.email).toLowerCase()]))
}

function gathered(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [key, value] of pairs) found.set(key, [...(found.get(key) ?? []), value])
  return found
}
