import SqliteDatabase from 'better-sqlite3'

/** Looks into a database file past the store, or changes it as no store would. */
export function withRawDatabase<T>(file: string, work: (db: SqliteDatabase.Database) => T): T {
  const db = new SqliteDatabase(file)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

/** Tables, indexes and their definitions. */
export function schemaOf(file: string): unknown[] {
  return withRawDatabase(file, (db) =>
    db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all(),
  )
}

/** The whole database as SQL text that makes it again. */
export function dumpSql(file: string): string {
  return withRawDatabase(file, (db) => {
    const objects = db
      .prepare<[], { type: string; name: string; sql: string }>(
        `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'index', rowid`,
      )
      .all()
    const tables = objects.filter(({ type }) => type === 'table')
    const rows = tables.flatMap(({ name }) => insertsOf(db, name))
    return `${[...objects.map(({ sql }) => sql), ...rows].join(';\n')};\n`
  })
}

function insertsOf(db: SqliteDatabase.Database, table: string): string[] {
  const columns = db.prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${table}')`).all()
  const values = columns.map(({ name }) => `quote(${name})`).join(` || ', ' || `)
  const rows = db.prepare<[], { line: string }>(`SELECT ${values} AS line FROM ${table} ORDER BY 1`).all()
  return rows.map(({ line }) => `INSERT INTO ${table} VALUES (${line})`)
}
