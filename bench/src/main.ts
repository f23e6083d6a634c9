import { availableParallelism, cpus } from 'node:os'
import { adminConsole } from './console/console.ts'
import { sessionSize, startAndIdle } from './footprint.ts'
import { growth } from './growth.ts'
import { guardCosts } from './guard.ts'
import { importing } from './importing.ts'
import { loginFlood, loginFloodOnPostgres } from './login.ts'
import { refreshOnPostgres } from './postgres/refresh.ts'
import { sessionSizeOnPostgres } from './postgres/size.ts'
import { protectedRoute } from './protected.ts'
import { durableRefresh } from './refresh.ts'
import { revokedSet } from './revoked.ts'
import { printTable, type Row } from './table.ts'

const benchmarks: Readonly<Record<string, () => Promise<Row[]>>> = {
  start: startAndIdle,
  protected: protectedRoute,
  refresh: durableRefresh,
  'refresh-postgres': refreshOnPostgres,
  growth,
  login: loginFlood,
  'login-postgres': loginFloodOnPostgres,
  size: sessionSize,
  'size-postgres': sessionSizeOnPostgres,
  revoked: revokedSet,
  guard: guardCosts,
  import: importing,
  console: adminConsole,
}

/** `npm run bench` runs all, `npm run bench -- login` one of them. Exits 1 where a bar is missed. */
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in benchmarks))
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}.`,
  )
  process.exit(2)
}

console.log(
  `Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}\n`,
)
const rows: Row[] = []
for (const [name, run] of Object.entries(benchmarks)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  process.stderr.write(`measuring ${name} ...\n`)
  rows.push(...(await run()))
}
printTable(rows)
process.exitCode = rows.every(({ bar, value }) => !bar || bar.holds(value)) ? 0 : 1
