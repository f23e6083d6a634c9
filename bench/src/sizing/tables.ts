import { type MadeParts, markdownTable } from '../../../packages/server/test/docs/made-parts.ts'
import { type Assumption, assumptions, program } from './assumptions.ts'
import { type Cost, costs, measuredOn } from './costs.ts'
import { type Sizing, type Spread, sizeFor } from './sizing.ts'

const userCounts = [10_000, 100_000, 1_000_000, 10_000_000]

/** The made parts of docs/sizing.md: the assumptions, the measured costs, and what follows for so many users. */
export function sizingParts(): MadeParts {
  return new Map([
    ['assumptions', valueTable(Object.values<Assumption>(assumptions))],
    ['program', valueTable(Object.values<Assumption>(program))],
    ['costs', costTable()],
    ['sizes', sizeTable()],
  ])
}

function valueTable(values: readonly Assumption[]): string {
  return markdownTable(
    ['figure', 'what it is'],
    values.map(({ value, what }) => [`${value}`, what]),
  )
}

function costTable(): string {
  const rows = Object.values<Cost>(costs).map(({ value, unit, what, from }) => [
    `${value.toLocaleString('en')} ${unit}`,
    what,
    from,
  ])
  return `Measured on ${measuredOn}.\n\n${markdownTable(['cost', 'what it is', '`npm run bench --`'], rows)}`
}

function sizeTable(): string {
  const sizings = userCounts.map(sizeFor)
  const head = ['active users', ...userCounts.map((users) => users.toLocaleString('en'))]
  return markdownTable(
    head,
    Object.entries(lines).map(([what, tell]) => [what, ...sizings.map(tell)]),
  )
}

/** A line of the table: what it tells of a sizing. */
const lines: Readonly<Record<string, (sizing: Sizing) => string>> = {
  sessions: ({ sessions }) => number(sessions),
  'refreshes a second: mean, peak': ({ refreshes }) => both(refreshes, number),
  'the same if all were active in one hour': ({ refreshesOfAllAtOnce }) => number(refreshesOfAllAtOnce),
  'logins a second: mean, peak': ({ logins }) => both(logins, number),
  'commits a second at most: mean, peak': ({ commits }) => both(commits, number),
  'write-ahead log a second: mean, peak': ({ wal }) => both(wal, bytes),
  'write-ahead log a day': ({ wal }) => bytes(wal.mean * 86_400),
  'processors for refreshes, peak': ({ serverCores }) => number(serverCores.refresh),
  'processors for logins, peak': ({ serverCores }) => number(serverCores.login),
  'processors of PostgreSQL, peak': ({ databaseCores }) => number(databaseCores),
  'server processes': ({ processes }) => number(processes),
  'memory of all processes': ({ memory }) => bytes(memory),
  'connections at most': ({ connections }) => number(connections),
  'table of sessions with indexes': ({ tables }) => bytes(tables.sessions),
  'table of users with indexes': ({ tables }) => bytes(tables.users),
  'sessions in the embedded database': ({ tables }) => bytes(tables.embedded),
  'revoked set at the peak: entries': ({ revoked }) => number(revoked.entries),
  'its memory in each process': ({ revoked }) => bytes(revoked.bytes),
  'its longest reading, every 30 s': ({ revoked }) => duration(revoked.longestReadSeconds),
  'polls of all processes, statements a second': ({ polls }) => number(polls.statements),
  'processors for polls, all processes': ({ polls }) => number(polls.serverCores),
  'processors of PostgreSQL for polls': ({ polls }) => number(polls.databaseCores),
  'one walk of the cleanup': ({ cleanUp }) => duration(cleanUp.walkSeconds),
  'ended rows that wait for it, at most': ({ cleanUp }) =>
    `${number(Math.ceil(cleanUp.waiting))} (${number(cleanUp.waitingShare * 100)} %)`,
  'everybody logs in again': ({ users, processes }) => duration(loginTime(users, processes)),
}

/** With every process at nothing but hashing, a processor each. */
function loginTime(users: number, processes: number): number {
  return (users * costs.login.value) / 1e6 / processes
}

function both({ mean, peak }: Spread, tell: (value: number) => string): string {
  return `${tell(mean)}, ${tell(peak)}`
}

/** Two digits that mean something, more before the point; what is hardly anything is told as that. */
function number(value: number): string {
  if (value < 0.01) return 'below 0.01'
  if (value >= 100) return Number(value.toPrecision(3)).toLocaleString('en')
  return `${Number(value.toPrecision(2))}`
}

function scaled(value: number, units: readonly (readonly [factor: number, unit: string])[]): string {
  const [factor, unit] = units.find(([least]) => value >= least) ?? units.at(-1) ?? [1, '']
  return `${number(value / factor)} ${unit}`
}

function bytes(value: number): string {
  return scaled(value, [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
    [1, 'bytes'],
  ])
}

function duration(seconds: number): string {
  return scaled(seconds, [
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ])
}
