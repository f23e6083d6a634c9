import { setTimeout } from 'node:timers/promises'
import { createServer, type Deployment, openDeployment } from '../app.ts'
import type { Audit } from '../audit/events.ts'
import { openLog } from '../audit/log.ts'
import { startBackground } from '../background.ts'
import { systemClock } from '../clock.ts'
import { type Config, localAddress } from '../config/config.ts'
import { sizeThreadPool } from '../config/thread-pool.ts'
import { lowerHashingPriority } from '../passwords/hashing-threads.ts'
import { CommandError } from './failure.ts'

/** In-flight requests get this long; the rest of the 15 s that a stop may take is for the store. */
const drainMs = 10_000

/**
 * A terminal sends Ctrl-C to every process in it, and npm sends it on to us once more: what comes this soon after the
 * first signal is the same key.
 */
const sameKeyMs = 500

/** Until its echo has come too: it would find a process whose handlers are gone, and end it by that signal. */
const echoMs = 100

/**
 * Runs the server until a signal ends it. A second signal ends it at once.
 * @param greet called when it listens, before the log says so
 * @throws CommandError where it cannot listen
 */
export async function serve(
  config: Config,
  greet: (address: string, deployment: Deployment) => void,
): Promise<number> {
  sizeThreadPool(config.hashParallel)
  const log = await openLog({ level: config.logLevel, pretty: isPretty(config) })
  const deployment = await openDeployment(config, { clock: systemClock, audit: log })
  await lowerHashingPriority()
  let draining = false
  const { server, listening } = await openServer(deployment, () => draining)
  const stopBackground = startBackground(deployment)
  surviveFaults(log)
  const signalled = firstSignal()
  greet(publicAddress(config, listening), deployment)
  log.record('server.listening', { address: listening })
  const signal = await signalled
  draining = true
  log.record('server.draining', { reason: signal })
  await Promise.all([server.close(drainMs), signal === 'SIGINT' && setTimeout(echoMs)])
  await stopBackground()
  await deployment.store.close()
  log.record('server.stopped', {})
  log.flush()
  return 0
}

/** A mistake of ours ends the request that met it and no other: what is acknowledged is on disk, whatever is lost here. */
function surviveFaults(log: Audit): void {
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error) => log.record('server.fault', { error }))
  }
}

function isPretty({ logFormat }: Config): boolean {
  return logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY === true)
}

async function openServer(deployment: Deployment, isDraining: () => boolean) {
  const { config, store } = deployment
  try {
    const server = await createServer(deployment, isDraining)
    return { server, listening: await server.listen(config) }
  } catch (thrown) {
    await store.close()
    throw listenFailure(thrown, config)
  }
}

function listenFailure(thrown: unknown, { host, port, mode }: Config): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  const again = `countersign ${mode === 'start' ? 'start' : 'dev'} --port ${port < 65_535 ? port + 1 : 0}`
  switch (code) {
    case 'EADDRINUSE':
      return new CommandError(
        `Port ${port} on ${host} is taken: stop what listens there, or take another one: ${again}`,
      )
    case 'EACCES':
      return new CommandError(`Port ${port} needs more rights than this user has. Take one above 1023.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CommandError(
        `${host} is no address of this machine. Give one with --host: 127.0.0.1, or 0.0.0.0 for all.`,
      )
    default:
      return thrown
  }
}

/** With port 0 the system chose; everything else is as configured. */
function publicAddress(config: Config, listening: string): string {
  return config.port === 0 ? listening : localAddress(config.host, config.port)
}

function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    let first: string | undefined
    let isAnother = false
    const onSignal = (signal: string) => {
      if (isAnother) process.exit(130)
      if (first) return
      first = signal
      void setTimeout(sameKeyMs, undefined, { ref: false }).then(() => {
        isAnother = true
      })
      resolve(signal)
    }
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => onSignal(signal))
  })
}
