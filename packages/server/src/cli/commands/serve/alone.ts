import { consoleTable } from '../../../app/console.ts'
import type { Deployment } from '../../../app/deployment.ts'
import { type Config, localAddress } from '../../../config/config.ts'
import { findServiceManager } from '../../../config/environment/service-manager.ts'
import { sizeThreadPool } from '../../../config/environment/thread-pool.ts'
import type { Places } from '../../banner.ts'
import { tellDjangoKey } from './django-key.ts'
import { publicAddress } from './listening.ts'
import { type Management, openManagement } from './management.ts'
import { openProcessLog, type ProcessLog } from './process-log.ts'
import { openServiceManager } from './service-manager.ts'
import { openServing, type Serving } from './serving.ts'
import { firstSignal, toldTwice } from './stop-signal.ts'

const lingerMs = 100

/**
 * Serves with this one process until a signal ends it. A second signal ends it at once.
 * @param greet called when it listens, before the log says so
 * @throws CommandError where it cannot listen
 */
export async function serveAlone(
  config: Config,
  greet: (places: Places, deployment: Deployment) => void | Promise<void>,
): Promise<number> {
  sizeThreadPool(config.hashParallel)
  const log = await openProcessLog(config)
  const serviceManager = openServiceManager(findServiceManager(), log)
  const { serving, listening, management } = await open(config, log)
  const signalled = firstSignal(() => process.exit(toldTwice))
  await greet({ api: publicAddress(config, listening), management: management?.address }, serving.deployment)
  tellDjangoKey(config.djangoKey, log, serving.deployment.clock())
  log.record('server.listening', { address: listening })
  serviceManager.ready(`Serves ${config.issuer} on ${listening}`)
  const signal = await signalled
  serviceManager.stopping()
  await serving.stop(signal, config.shutdownDelaySeconds * 1000)
  // The last to go: while the server drains, it can be asked.
  await management?.close()
  await serviceManager.close()
  log.record('server.stopped', {})
  log.flush()
  // What still tries in vain, such as to send traces to a collector that is away, does not keep the process alive.
  setTimeout(() => process.exit(), lingerMs).unref()
  return 0
}

async function open(config: Config, log: ProcessLog) {
  const serving = await openServing(config, log)
  let management: Management | undefined
  try {
    management = await openManagement({
      ...{ config, audit: log },
      ...faceOf(serving),
      ...consoleOf(serving),
    })
    return { serving, management, listening: await serving.listen() }
  } catch (thrown) {
    // Left open, either would keep a process alive that has nothing to serve.
    await management?.close()
    await serving.abandon()
    throw thrown
  }
}

/** The admin console, where it is on the management port; that one speaks plain http. */
function consoleOf({ deployment, isDraining }: Serving) {
  const { console, managementHost, managementPort = 0 } = deployment.config
  if (console !== 'management') return {}
  const at = { origin: localAddress(managementHost, managementPort), trustProxy: false } as const
  return {
    console: (describe: () => Promise<object>) => consoleTable(deployment, { isDraining, describe, at }),
  }
}

/** What an operator can ask of this process. */
function faceOf({ readiness, deployment }: Serving) {
  return { readiness, metrics: async () => (await deployment.metrics?.text()) ?? '' }
}
