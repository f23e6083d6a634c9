import { setTimeout } from 'node:timers/promises'
import { type Deployment, openDeployment } from '../../../app/deployment.ts'
import { createServer } from '../../../app/server.ts'
import type { Audit } from '../../../audit/events.ts'
import { startBackground } from '../../../background/background.ts'
import { systemClock } from '../../../clock.ts'
import type { Config } from '../../../config/config.ts'
import type { Check } from '../../../health/health.ts'
import type { HttpServer } from '../../../http/server.ts'
import { lowerHashingPriority } from '../../../passwords/hashing-threads.ts'
import { listenFailure } from './listening.ts'
import { surviveFaults } from './process-log.ts'
import { echoOf } from './stop-signal.ts'

/** A process that serves, from its database to its listener. */
export interface Serving {
  deployment: Deployment
  /** for the management listener, which is asked while it drains too */
  readiness(): Promise<Check[]>
  /** whether it is on its way out */
  isDraining(): boolean
  /**
   * Takes requests from now on, and does what is to be done beside them.
   * @returns the address it really has: with port 0 the system chose
   * @throws CommandError where it cannot listen
   */
  listen(): Promise<string>
  /**
   * Ends it in the order that loses nothing: `/readyz` says no, and it serves on for the delay; then nothing new is
   * taken, and what is under way gets its time; then the work in the background, the database, the traces.
   * @param reason for the log: the signal
   */
  stop(reason: string, delayMs: number): Promise<void>
  /** Ends what never listened. */
  abandon(): Promise<void>
}

/** In-flight requests get this long; the rest of the 15 s that a stop may take is for the database and the traces. */
const drainMs = 10_000

/**
 * Opens a deployment and its server; nothing listens yet.
 * @throws AuthError `unavailable` where the database cannot be used
 */
export async function openServing(config: Config, log: Audit): Promise<Serving> {
  const deployment = await openDeployment(config, { clock: systemClock, audit: log })
  await lowerHashingPriority()
  let draining = false
  const isDraining = () => draining
  const server = await createServer(deployment, isDraining)
  let stopBackground = async () => {}
  const close = async () => {
    await stopBackground()
    await closeTrail(deployment)
    await deployment.store.close()
    await deployment.tracing?.close()
  }
  return {
    deployment,
    isDraining,
    readiness: () => deployment.readiness(isDraining),
    async listen() {
      const address = await listenOn(server, config)
      stopBackground = startBackground(deployment)
      surviveFaults(deployment.audit)
      return address
    },
    async stop(reason, delayMs) {
      draining = true
      log.record('server.draining', { reason })
      await setTimeout(delayMs)
      await Promise.all([server.close(drainMs), echoOf(reason)])
      await close()
    },
    abandon: close,
  }
}

/** What the database did not take until now is lost, and that is the last that is told of it. */
async function closeTrail({ trail, audit }: Deployment): Promise<void> {
  const lost = await trail.close()
  if (lost > 0) audit.record('audit.dropped', { count: lost })
}

async function listenOn(server: HttpServer, config: Config): Promise<string> {
  try {
    return await server.listen(config)
  } catch (thrown) {
    throw listenFailure(thrown, { ...config, portIs: `countersign ${config.mode} --port `, hostIs: '--host' })
  }
}
