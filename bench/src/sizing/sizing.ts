import { assumptions, program } from './assumptions.ts'
import { costs } from './costs.ts'

/** What so many active users ask of a deployment. Rates are per second, sizes bytes, times seconds. */
export interface Sizing {
  users: number
  sessions: number
  refreshes: Spread
  /** if every user were active in the same hour */
  refreshesOfAllAtOnce: number
  logins: Spread
  /** transactions of refreshes, logins and logouts, if none shared a commit */
  commits: Spread
  /** write-ahead log, with the images of pages that a checkpoint asks for */
  wal: Spread
  /** processors that are busy */
  serverCores: { refresh: number; login: number }
  databaseCores: number
  processes: number
  connections: number
  /** of all processes, idle but for their revoked set */
  memory: number
  tables: { sessions: number; users: number; embedded: number }
  revoked: { entries: number; bytes: number; longestReadSeconds: number }
  polls: { statements: number; rows: number; serverCores: number; databaseCores: number }
  cleanUp: { walkSeconds: number; waiting: number; waitingShare: number }
}

/** A rate on the mean of the day, and in its busiest minute. */
export interface Spread {
  mean: number
  peak: number
}

const daySeconds = 86_400
const pageBytes = 8_192

/** Computes all of it from the assumptions and the measured costs. */
export function sizeFor(users: number): Sizing {
  const { devicesPerUser, activeHoursPerDay, refreshesPerActiveHour, loginsPerDay } = assumptions
  const sessions = users * devicesPerUser.value
  const refreshes = spread((users * activeHoursPerDay.value * refreshesPerActiveHour.value) / daySeconds)
  const logins = spread((users * loginsPerDay.value) / daySeconds)
  const revocations = times(logins, assumptions.logoutsPerLogin.value)
  const serverCores = {
    refresh: refreshes.peak * micro(costs.refreshServer.value),
    login: logins.peak * micro(costs.login.value),
  }
  const processes = processesFor(serverCores.refresh + serverCores.login)
  const polls = pollsOf(processes, revocations.peak)
  const revoked = revokedOf(revocations.peak)
  return {
    users,
    sessions,
    refreshes,
    refreshesOfAllAtOnce: (users * refreshesPerActiveHour.value) / 3600,
    logins,
    commits: plus(plus(refreshes, logins), revocations),
    wal: {
      mean: walPerSecond(sessions, refreshes.mean),
      peak: walPerSecond(sessions, refreshes.peak),
    },
    serverCores,
    databaseCores: refreshes.peak * micro(costs.refreshDatabase.value) + polls.databaseCores,
    processes,
    connections: processes * program.poolSize.value,
    memory: processes * (costs.processMemory.value * 1e6 + revoked.bytes),
    tables: {
      sessions: sessions * (costs.sessionTable.value + costs.sessionIndexes.value),
      users: users * costs.user.value,
      embedded: sessions * costs.embeddedSession.value,
    },
    revoked,
    polls,
    cleanUp: cleanUpOf(sessions, logins.mean),
  }
}

function processesFor(cores: number): number {
  return Math.max(assumptions.leastProcesses.value, Math.ceil(cores / assumptions.busyShare.value))
}

/**
 * The first change of a page after a checkpoint writes the whole page to the log. Refreshes meet pages at random, so of
 * P pages n refreshes change P(1 - e^(-n/P)).
 * @see https://www.postgresql.org/docs/current/wal-reliability.html
 */
function walPerSecond(sessions: number, refreshesPerSecond: number): number {
  const seconds = assumptions.checkpointSeconds.value
  const pages = (sessions * costs.sessionTable.value) / pageBytes
  const changed = pages * (1 - Math.exp((-refreshesPerSecond * seconds) / pages))
  return refreshesPerSecond * costs.refreshWal.value + (changed * costs.pageImage.value) / seconds
}

function revokedOf(revocationsPerSecond: number): Sizing['revoked'] {
  const entries = revocationsPerSecond * program.memorySeconds.value
  return {
    entries,
    bytes: entries * costs.revokedEntry.value,
    longestReadSeconds: entries * micro(costs.pollRow.value),
  }
}

function pollsOf(processes: number, revocationsPerSecond: number): Sizing['polls'] {
  const { pollsPerSecond, pollOverlapSeconds, memorySeconds, wholeReadEverySeconds } = program
  const secondsRead =
    pollsPerSecond.value * pollOverlapSeconds.value + memorySeconds.value / wholeReadEverySeconds.value
  const rows = processes * revocationsPerSecond * secondsRead
  const read = rows * micro(costs.pollRow.value)
  return {
    statements: processes * pollsPerSecond.value * 2,
    rows,
    serverCores: (processes * costs.idleServer.value) / 1000 + read,
    databaseCores: (processes * costs.idleDatabase.value) / 1000 + read,
  }
}

/** What ended waits for half a walk on the average, and for a whole one at the most: that is what is told. */
function cleanUpOf(sessions: number, loginsPerSecond: number): Sizing['cleanUp'] {
  const { cleanUpBatch, cleanUpRestSeconds } = program
  const walkSeconds = sessions / cleanUpBatch.value + cleanUpRestSeconds.value
  const waiting = loginsPerSecond * assumptions.endsPerLogin.value * walkSeconds
  return { walkSeconds, waiting, waitingShare: waiting / sessions }
}

function spread(mean: number): Spread {
  return { mean, peak: mean * assumptions.peakFactor.value }
}

function times({ mean, peak }: Spread, factor: number): Spread {
  return { mean: mean * factor, peak: peak * factor }
}

function plus(a: Spread, b: Spread): Spread {
  return { mean: a.mean + b.mean, peak: a.peak + b.peak }
}

function micro(microseconds: number): number {
  return microseconds / 1e6
}
