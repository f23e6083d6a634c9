import type { ForeignDatabase, ForeignRow } from '../../store/foreign/foreign.ts'
import type { Candidate } from '../import-users.ts'
import { parseRecord } from '../parse-record.ts'
import { openBeside } from './beside.ts'
import { type ColumnMap, columnsOf } from './columns.ts'
import { djangoId } from './django-id.ts'

/** A table of users, and where its columns are. */
export interface DjangoUsers {
  table: string
  map: ColumnMap
  /** `all` takes every address for verified, where the project knows of none */
  verified: 'as_told' | 'all'
}

const pageRows = 500

/** The users of a Django project, in the order of their keys, as they stand: no password is hashed, no name is judged. */
export async function* readDjangoUsers(
  db: ForeignDatabase,
  { table, map, verified: believed }: DjangoUsers,
): AsyncGenerator<Candidate> {
  const beside = await openBeside(db, table)
  const key = map.id ?? ''
  const columns = columnsOf(map)
  let after: string | undefined
  for (;;) {
    const rows = await db.read({ table, columns, key, after, limit: pageRows })
    const keys = rows.map((row) => String(row[key]))
    const groups = await beside.groupsOf(keys)
    const verified = await beside.verifiedOf(keys)
    const isVerified = (own: string, email: string) =>
      believed === 'all' || (verified.get(own) ?? []).includes(email.toLowerCase())
    for (const [at, row] of rows.entries()) {
      const own = keys[at] ?? ''
      yield candidateOf(row, map, {
        groups: groups.get(own) ?? [],
        isVerified: (email) => isVerified(own, email),
      })
    }
    if (rows.length < pageRows) return
    after = keys.at(-1)
  }
}

interface Known {
  groups: readonly string[]
  isVerified: (email: string) => boolean
}

function candidateOf(row: ForeignRow, map: ColumnMap, { groups, isVerified }: Known): Candidate {
  const cell = (name: keyof ColumnMap) => row[map[name] ?? ''] ?? null
  const flag = (name: keyof ColumnMap) => (cell(name) === null ? null : cell(name) === 1)
  const email = cell('email') ?? ''
  const record = {
    ...{ id: djangoId(String(cell('id'))), username: cell('username'), email, groups },
    password_hash: cell('password'),
    ...{ first_name: cell('first_name'), last_name: cell('last_name') },
    ...{ is_active: flag('is_active'), is_staff: flag('is_staff'), is_superuser: flag('is_superuser') },
    email_verified: email !== '' && (flag('email_verified') ?? isVerified(String(email))),
    ...{ created_at: instant(cell('date_joined')), last_login: instant(cell('last_login')) },
  }
  return { row: String(cell('id')), ...parseRecord(record) }
}

/** As a record has it; what is none is told by the one who reads the record. */
function instant(at: string | number | null): string | null {
  if (at === null) return null
  return Number.isNaN(at) ? 'unreadable' : new Date(at).toISOString()
}
