import { systemClock } from '../../../clock.ts'
import type { Config } from '../../../config/config.ts'
import { findServiceManager } from '../../../config/environment/service-manager.ts'
import { sizeThreadPool } from '../../../config/environment/thread-pool.ts'
import type { Places } from '../../banner.ts'
import { type Crew, openCrew } from './crew.ts'
import { openCrewHealth } from './crew-health.ts'
import { tellDjangoKey } from './django-key.ts'
import { publicAddress } from './listening.ts'
import { openManagement } from './management.ts'
import { openProcessLog, surviveFaults } from './process-log.ts'
import { openServiceManager } from './service-manager.ts'
import { echoOf, firstSignal, toldTwice } from './stop-signal.ts'

/**
 * Serves with several processes that share the port, until a signal ends them. This one opens no database and answers
 * no request: it hands out connections, replaces workers that die, and passes on what it is told. A second signal ends
 * all of them at once.
 * @param greet called when the first worker listens, before the log says so
 * @throws CommandError with what the first worker said, if it could not start
 */
export async function serveWithWorkers(config: Config, greet: (places: Places) => void): Promise<number> {
  // Workers inherit it.
  sizeThreadPool(config.hashParallel)
  const log = await openProcessLog(config)
  const serviceManager = openServiceManager(findServiceManager(), log)
  const crew = openCrew(config, log)
  const signalled = firstSignal(() => endAtOnce(crew))
  const management = await openManagement({ config, audit: log, ...openCrewHealth(crew) })
  const serving = crew.start().then((listening) => {
    surviveFaults(log)
    greet({ api: publicAddress(config, listening), management: management?.address })
    tellDjangoKey(config.djangoKey, log, systemClock())
    log.record('server.listening', { address: listening })
    serviceManager.ready(`Serves ${config.issuer} on ${listening} with ${config.workers} workers`)
  })
  try {
    // A first worker that cannot start throws here; else this waits for the signal.
    const signal = await Promise.race([serving.then(() => signalled), signalled])
    log.record('server.draining', { reason: signal })
    serviceManager.stopping()
    const [isClean] = await Promise.all([crew.drain(signal), echoOf(signal)])
    log.record('server.stopped', {})
    return isClean ? 0 : 1
  } finally {
    // The last to go: while workers drain, it can be asked about them.
    await management?.close()
    await serviceManager.close()
    log.flush()
  }
}

function endAtOnce(crew: Crew): never {
  crew.kill()
  process.exit(toldTwice)
}
