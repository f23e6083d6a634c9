import type { ForeignColumns, ForeignKind } from '../../store/foreign/foreign.ts'

/** The columns of Django's table of users, each with what it holds. */
const usual = {
  id: 'text',
  username: 'text',
  email: 'text',
  password: 'text',
  first_name: 'text',
  last_name: 'text',
  is_active: 'flag',
  is_staff: 'flag',
  is_superuser: 'flag',
  date_joined: 'instant',
  last_login: 'instant',
  email_verified: 'flag',
} as const satisfies Readonly<Record<string, ForeignKind>>

type ColumnName = keyof typeof usual
const needed: readonly ColumnName[] = ['id', 'username']
/** Django has none of that name; a table of one's own may. */
const unusual: readonly ColumnName[] = ['email_verified']

/** What the columns are called in the table; absent where there is none. */
export type ColumnMap = Readonly<Partial<Record<ColumnName, string>>>

/** A map, or what is wrong with it, in words. */
export type MapOutcome = { map: ColumnMap } | { fault: string }

/**
 * Says where each column is.
 * @param text as `id=pk,username=login,last_name=none`: Django's name, then the table's, or that there is none
 * @param found the columns that the table has
 */
export function readColumnMap(text: string, found: readonly string[]): MapOutcome {
  const told = new Map<string, string>()
  for (const pair of text.split(',').filter((one) => one.trim() !== '')) {
    const [name = '', column = ''] = pair.split('=').map((part) => part.trim())
    if (!Object.hasOwn(usual, name)) return { fault: `${name} is none of ${Object.keys(usual).join(', ')}.` }
    if (column === '') return { fault: `${name} has no column: say ${name}=COLUMN, or ${name}=none.` }
    told.set(name, column)
  }
  const map: Partial<Record<ColumnName, string>> = {}
  for (const name of Object.keys(usual) as ColumnName[]) {
    const column = told.get(name) ?? (unusual.includes(name) ? 'none' : name)
    if (column !== 'none') map[name] = column
  }
  return faultOf(map, found) ?? { map }
}

function faultOf(map: ColumnMap, found: readonly string[]): { fault: string } | undefined {
  const lacking = needed.filter((name) => map[name] === undefined)
  if (lacking.length > 0) return { fault: `${lacking.join(' and ')} cannot be none.` }
  const missing = Object.entries(map).filter(([, column]) => !found.includes(column))
  if (missing.length === 0) return undefined
  const names = missing.map(([, column]) => column).join(', ')
  const hint = missing.map(([name]) => `${name}=none`).join(',')
  return {
    fault: `the table has no column ${names}. Its columns are ${found.join(', ')}. Say where they are, or that there are none: --columns ${hint}`,
  }
}

/** The columns as the database is asked for them. */
export function columnsOf(map: ColumnMap): ForeignColumns {
  return Object.fromEntries(Object.entries(map).map(([name, column]) => [column, usual[name as ColumnName]]))
}
