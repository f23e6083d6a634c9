export interface HoldLeaseInput {
  /** of the work */
  name: string
  /** of the process, unique among all */
  holder: string
  now: number
  expiresAt: number
}

export interface StoreHealth {
  /** ids of migrations that the program has and the database has not */
  pendingMigrations: string[]
  /** whether it takes writes; a replica does not, nor a server whose disk is full by decree */
  isWritable: boolean
}

/** What a database server says of itself. */
export interface DatabaseFacts {
  /** its name and version */
  server: string
  roundTripMs: number
  /** whether what it calls committed survives a power cut */
  isDurable: boolean
  /** of all its clients together, where it has such a limit */
  maxConnections: number | undefined
  isolation: string
  /** of this database, where the server tells it */
  sizeBytes: number | undefined
}
