/** A figure that the sizing rests on, and where it comes from. */
export interface Cost {
  value: number
  unit: string
  what: string
  /** which benchmark tells it again */
  from: string
}

/** When and on what they were measured. */
export const measuredOn =
  '2026-11-22, two processor threads of a shared Intel Xeon, Node 24.21, PostgreSQL 18.4, while others were at work on the machine'

/**
 * What the program and its database cost, measured once. After a run of the benchmarks on a quiet machine put its
 * figures here; `npm run docs` then writes docs/sizing.md again.
 */
export const costs = {
  refreshServer: {
    value: 500,
    unit: 'µs',
    what: 'processor time of a server for a refresh that comes alone; under load, a third',
    from: 'refresh-postgres, at 500/s',
  },
  refreshDatabase: {
    value: 270,
    unit: 'µs',
    what: 'processor time of PostgreSQL for a refresh that comes alone; under load, a fifth',
    from: 'refresh-postgres, at 500/s',
  },
  refreshWal: {
    value: 207,
    unit: 'bytes',
    what: 'write-ahead log of a refresh, without images of pages',
    from: 'refresh-postgres, at 500/s',
  },
  pageImage: {
    value: 6_600,
    unit: 'bytes',
    what: 'image of a page in that log: each page that changes after a checkpoint is written whole once',
    from: 'growth: the log among 1,000,000 sessions',
  },
  login: {
    value: 10_500,
    unit: 'µs',
    what: 'processor time of a login: nearly all of it the hash of the password',
    from: 'login: cores by logins per second',
  },
  sessionTable: {
    value: 241,
    unit: 'bytes',
    what: 'a session in its table on PostgreSQL',
    from: 'size-postgres',
  },
  sessionIndexes: { value: 98, unit: 'bytes', what: 'the same in its indexes', from: 'size-postgres' },
  user: {
    value: 514,
    unit: 'bytes',
    what: 'a user on PostgreSQL, with indexes',
    from: 'size-postgres',
  },
  embeddedSession: { value: 274, unit: 'bytes', what: 'a session in the embedded database', from: 'size' },
  revokedEntry: {
    value: 181,
    unit: 'bytes',
    what: 'a revoked session in the memory of each process',
    from: 'revoked',
  },
  pollRow: {
    value: 2,
    unit: 'µs',
    what: 'how long a process does nothing else for each revocation that a poll reads; PostgreSQL is taken to work as long',
    from: 'revoked: the poll on PostgreSQL',
  },
  processMemory: {
    value: 115,
    unit: 'MB',
    what: 'memory of an idle process; each password that is being hashed takes 20 MB more',
    from: 'start',
  },
  idleServer: {
    value: 2,
    unit: 'ms',
    what: 'processor time of an idle process, each second',
    from: 'refresh-postgres, an idle process',
  },
  idleDatabase: {
    value: 1.5,
    unit: 'ms',
    what: 'the same of PostgreSQL, for each process',
    from: 'refresh-postgres, an idle process',
  },
} as const satisfies Record<string, Cost>
