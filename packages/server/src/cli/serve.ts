import { createServer, type Deployment, openDeployment } from '../app.ts'
import { openLog } from '../audit/log.ts'
import { startBackground } from '../background.ts'
import { systemClock } from '../clock.ts'
import { type Config, localAddress } from '../config/config.ts'

/** In-flight requests get this long; the rest of the 15 s that a stop may take is for the store. */
const drainMs = 10_000

/** Runs the server until a signal ends it. A second signal ends it at once. */
export async function serve(
  config: Config,
  greet: (address: string, deployment: Deployment) => void,
): Promise<number> {
  const log = openLog({ level: config.logLevel, pretty: isPretty(config) })
  const deployment = await openDeployment(config, { clock: systemClock, audit: log })
  let draining = false
  const server = await createServer(deployment, () => draining)
  const stopBackground = startBackground(deployment)
  const address = await server.listen(config)
  log.record('server.listening', { address })
  greet(publicAddress(config, address), deployment)
  const signal = await firstSignal()
  draining = true
  log.record('server.draining', { reason: signal })
  await server.close(drainMs)
  await stopBackground()
  await deployment.store.close()
  log.record('server.stopped', {})
  log.flush()
  return 0
}

function isPretty({ logFormat }: Config): boolean {
  return logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY === true)
}

/** With port 0 the system chose; everything else is as configured. */
function publicAddress(config: Config, listening: string): string {
  return config.port === 0 ? listening : localAddress(config.host, config.port)
}

function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130))
        resolve(signal)
      })
    }
  })
}
