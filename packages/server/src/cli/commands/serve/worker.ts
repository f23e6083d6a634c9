import cluster from 'node:cluster'
import type { Config } from '../../../config/config.ts'
import { failureText } from '../../failure.ts'
import type { ToPrimary, ToWorker } from './messages.ts'
import { openProcessLog } from './process-log.ts'
import { openServing, type Serving } from './serving.ts'
import { firstSignal, toldTwice } from './stop-signal.ts'

// The program of a worker process. `crew.ts` runs it.

/** Why a worker stops: the signal, or what happened to the primary process. */
interface Stop {
  reason: string
  /** how long it serves on, in milliseconds */
  delayMs: number
}

/** Serves with what the primary process says, until that or a signal ends it. @returns the exit status */
async function work(): Promise<number> {
  const told = listenToPrimary()
  const { worker, config } = await told.begin
  const log = await openProcessLog(config, worker)
  const serving = await openServing(config, log)
  const address = await serving.listen()
  const signal = Promise.race([firstSignal(() => process.exit(toldTwice)), told.drain])
  const stopping = Promise.race([signal.then(afterDelay(config)), primaryGone()])
  answerQuestions(serving)
  await tell({ kind: 'ready', address })
  const { reason, delayMs } = await stopping
  await serving.stop(reason, delayMs)
  log.record('server.stopped', {})
  log.flush()
  return 0
}

function afterDelay({ shutdownDelaySeconds }: Config): (reason: string) => Stop {
  return (reason) => ({ reason, delayMs: shutdownDelaySeconds * 1000 })
}

function listenToPrimary() {
  const begin = Promise.withResolvers<Extract<ToWorker, { kind: 'begin' }>>()
  const drain = Promise.withResolvers<string>()
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'begin') begin.resolve(message)
    if (message.kind === 'drain') drain.resolve(message.signal)
  })
  return { begin: begin.promise, drain: drain.promise }
}

/**
 * A worker does not outlive the primary process. Left alone, Node would end it at once; like this, what is under way
 * gets its time. The listener was the primary's, so there is nothing to serve on for.
 */
function primaryGone(): Promise<Stop> {
  return new Promise((resolve) => {
    cluster.worker?.once('disconnect', () => {
      if (cluster.worker) cluster.worker.exitedAfterDisconnect = true
      resolve({ reason: 'primary_gone', delayMs: 0 })
    })
  })
}

/** @returns when it is on its way, or the primary process is gone */
function tell(message: ToPrimary): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve())
  })
}

function answerQuestions({ readiness, deployment }: Serving): void {
  const ask = { readiness, metrics: async () => deployment.metrics?.snapshot() }
  process.on('message', (message: ToWorker) => {
    if (message.kind !== 'question') return
    const { id, about } = message
    // Whoever hears nothing takes this worker for unfit, which it then is.
    ask[about]()
      .then((answer) => tell({ kind: 'answer', id, answer }))
      .catch(() => undefined)
  })
}

async function tellFailure(thrown: unknown): Promise<number> {
  await tell({ kind: 'failed', text: failureText(thrown) })
  return 1
}

process.exit(await work().catch(tellFailure))
