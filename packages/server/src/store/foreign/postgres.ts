import { openConnections, type PostgresAddress, type PostgresLimits } from '../postgres/pool/connections.ts'
import { type ForeignColumns, type ForeignDatabase, type ForeignRow, quoted } from './foreign.ts'

/** A PostgreSQL database of somebody else; nothing is ever written to it. */
export function openForeignPostgres(address: PostgresAddress, limits: PostgresLimits): ForeignDatabase {
  const db = openConnections(address, limits)
  return {
    async columnsOf(table) {
      const rows = await db.all<{ name: string }>({ sql: columnsSql, parameters: [quoted(table)] })
      return rows.map(({ name }) => name)
    },
    async count(table) {
      const sql = `SELECT count(*) AS rows FROM ${quoted(table)}`
      return (await db.all<{ rows: number }>({ sql, parameters: [] }))[0]?.rows ?? 0
    },
    read({ table, columns, key, after, limit, later }) {
      const parameters = [
        limit,
        ...(after === undefined ? [] : [after]),
        ...(later === undefined ? [] : [later.than]),
      ]
      const conditions = [
        ...(after === undefined ? [] : [`${quoted(key)} > $2`]),
        ...(later ? [`${epochOf(later.column)} > $${parameters.length}`] : []),
      ]
      const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
      const sql = `SELECT ${named(columns)} FROM ${quoted(table)}${where} ORDER BY ${quoted(key)} LIMIT $1`
      return db.all<ForeignRow>({ sql, parameters })
    },
    pick({ table, columns, by, values }) {
      const sql = `SELECT ${named(columns)} FROM ${quoted(table)} WHERE ${quoted(by)} = ANY($1)`
      return db.all<ForeignRow>({ sql, parameters: [values] })
    },
    close: () => db.close(),
  }
}

const columnsSql = `
  SELECT attname AS name FROM pg_attribute
   WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`

const kinds = {
  text: (name: string) => `${quoted(name)}::text`,
  flag: (name: string) => `${quoted(name)}::boolean::integer`,
  instant: epochOf,
}

function named(columns: ForeignColumns): string {
  return Object.entries(columns)
    .map(([name, kind]) => `${kinds[kind](name)} AS ${quoted(name)}`)
    .join(', ')
}

/** An instant without a zone counts as UTC. */
function epochOf(name: string): string {
  return `floor(extract(epoch FROM ${quoted(name)}) * 1000)::bigint`
}
