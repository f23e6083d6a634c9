/** How one kind of database spells the column types that the migrations use. */
export interface ColumnTypes {
  /** compared byte by byte */
  text: string
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
  /**
   * The number of the oldest migration with which a program may end and still work on the schema that this one leaves.
   * A migration that only adds keeps the number of its predecessor; one that takes away raises it to the first version
   * that does without. Absent in the first, from before the history could say it: there every program must know all.
   * @see https://martinfowler.com/bliki/ParallelChange.html (expand, then contract)
   */
  servesFrom?: number
}
