/** SQL prepared once per connection, under its name. */
export interface Statement {
  name: string
  /** with `$1`, `$2` … */
  text: string
  /** the parameter behind each number */
  parameters: readonly string[]
}

/**
 * A statement written with named parameters, as the embedded store's are: `@name` becomes `$1`, and again `$1` where it
 * stands a second time. Columns are named one by one, never `*`: a migration that adds one would change the shape of
 * what is prepared already, and the server refuses that.
 * @param name unique among all statements; the database prepares by it
 */
export function statement(name: string, sql: string): Statement {
  const parameters: string[] = []
  const text = sql.replace(/@(\w+)/g, (_, parameter: string) => {
    if (!parameters.includes(parameter)) parameters.push(parameter)
    return `$${parameters.indexOf(parameter) + 1}`
  })
  return { name, text, parameters }
}

/** The values in the order of the statement's numbers; what the input lacks is NULL. */
export function valuesOf({ parameters }: Statement, input: object): unknown[] {
  const given = input as Readonly<Record<string, unknown>>
  return parameters.map((name) => given[name] ?? null)
}

/** Text with a NUL is nobody's: PostgreSQL cannot hold it, and refuses even to look for it. */
export function isText(text: string): boolean {
  return !text.includes('\0')
}
