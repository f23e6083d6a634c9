import { createInterface } from 'node:readline'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import type { PostgresAddress } from '../../src/store/postgres/pool/connections.ts'
import { t0 } from '../store/samples.ts'

/* A process that opens each database that it is told of, at once, and tells what it found. */
const limits = { poolSize: 2, connectTimeoutMs: 20_000, statementTimeoutMs: 20_000 }
for await (const line of createInterface({ input: process.stdin })) {
  const store = await openPostgresStore({ address: JSON.parse(line) as PostgresAddress, limits, now: t0 })
  process.stdout.write(`${JSON.stringify(await store.health())}\n`)
  await store.close()
}
