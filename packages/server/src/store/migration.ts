/** How one kind of database spells the column types that the migrations use. */
export interface ColumnTypes {
  instant: string
  flag: string
  bytes: string
  /** what follows the closing bracket of CREATE TABLE */
  tableSuffix: string
}

export interface Migration {
  /** four digits and a name; the order of the ids is the order in which they apply */
  id: string
  statements: (types: ColumnTypes) => string[]
}
