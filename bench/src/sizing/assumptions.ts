/** Something that every deployment has its own figure for. */
export interface Assumption {
  value: number
  what: string
}

/** How people use what we guard. Change them to yours and run `npm run sizing`. */
export const assumptions = {
  devicesPerUser: { value: 2, what: 'devices of a user on which he is logged in' },
  activeHoursPerDay: { value: 2, what: 'hours a day in which a user is active, on all devices together' },
  refreshesPerActiveHour: { value: 4, what: 'refreshes in such an hour: access tokens live 15 minutes' },
  loginsPerDay: { value: 0.1, what: 'logins of a user a day: a session that is used goes on, for 90 days' },
  endsPerLogin: { value: 1, what: 'sessions that end or expire for each that begins' },
  logoutsPerLogin: {
    value: 0.5,
    what: 'sessions that are revoked for each that begins; the rest just expire',
  },
  peakFactor: { value: 5, what: 'the busiest minute against the mean of the day' },
  busyShare: { value: 0.5, what: 'of a processor, used at the peak' },
  leastProcesses: { value: 2, what: 'processes at the least, so that one may fail' },
  checkpointSeconds: {
    value: 300,
    what: "seconds between PostgreSQL's checkpoints (`checkpoint_timeout`)",
  },
} as const satisfies Record<string, Assumption>

/**
 * What the program itself does, from its sources: `background/background.ts`, `sessions/cleanup.ts`,
 * `sessions/revocation/follow.ts`, `COUNTERSIGN_DB_POOL`.
 */
export const program = {
  pollsPerSecond: {
    value: 2,
    what: 'polls of a process for revocations and keys, each second, a statement each',
  },
  pollOverlapSeconds: { value: 60, what: 'how far back such a poll reads' },
  wholeReadEverySeconds: { value: 30, what: 'how often a poll reads all that are remembered' },
  memorySeconds: { value: 960, what: 'how long a revocation is remembered: an access token, and a minute' },
  poolSize: { value: 10, what: 'connections of a process at the most' },
  cleanUpBatch: { value: 1000, what: 'sessions that one step of the cleanup looks at; one step a second' },
  cleanUpRestSeconds: { value: 60, what: 'how long the cleanup rests when it has walked through the table' },
} as const satisfies Record<string, Assumption>
