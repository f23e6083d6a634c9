import { openDeployment } from '../../src/app/deployment.ts'
import { createServer } from '../../src/app/server.ts'
import { startBackground } from '../../src/background/background.ts'
import { openProcessLog } from '../../src/cli/commands/serve/process-log.ts'
import { firstSignal } from '../../src/cli/commands/serve/stop-signal.ts'
import { systemClock } from '../../src/clock.ts'
import { loadConfig } from '../../src/config/config.ts'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import { nextMigrations } from './next-migration.ts'

/* The program of tomorrow: today's, with a migration more. It serves until a signal ends it, as today's does. */
const config = loadConfig({ mode: 'dev' })
const { database, databasePool: poolSize } = config
if (database.kind !== 'postgres') throw new Error('it migrates PostgreSQL only')
const log = await openProcessLog(config)
const store = await openPostgresStore({
  address: database,
  limits: { poolSize, connectTimeoutMs: 10_000, statementTimeoutMs: 10_000 },
  now: systemClock(),
  migrations: nextMigrations,
})
const deployment = await openDeployment(config, { clock: systemClock, audit: log, store })
let draining = false
const server = await createServer(deployment, () => draining)
const address = await server.listen(config)
const stopBackground = startBackground(deployment)
const signalled = firstSignal(() => process.exit(1))
log.record('server.listening', { address })
await signalled
draining = true
await new Promise((resolve) => setTimeout(resolve, config.shutdownDelaySeconds * 1000))
await server.close(10_000)
await stopBackground()
await store.close()
log.flush()
