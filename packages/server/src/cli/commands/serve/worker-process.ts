import cluster from 'node:cluster'
import type { Config } from '../../../config/config.ts'
import { closeHandedConnections } from './handed-connections.ts'
import type { ToPrimary, ToWorker } from './messages.ts'

/** A worker as the primary process sees it. */
export interface WorkerProcess {
  /** whether it listens */
  isReady(): boolean
  /** lost without a word if the worker is gone */
  send(message: ToWorker): void
  /** has it stop as that signal would */
  drain(signal: string): void
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

export interface WorkerListeners {
  onReady(address: string): void
  onAnswer(message: Extract<ToPrimary, { kind: 'answer' }>): void
  /** called once, and last */
  onEnd(end: WorkerEnd): void
}

/** How a worker ends that was told to stop. */
export const endedWell = 'exit status 0'

export interface WorkerEnd {
  /** why it could not start, for people; undefined if it said nothing */
  lastWords: string | undefined
  /** the signal or the exit status */
  how: string
  /** since it listened; 0 if it never did */
  servedMs: number
}

/** Starts a worker and tells it with what. `cluster.setupPrimary` must have said what it runs. */
export function forkWorker(worker: number, config: Config, listeners: WorkerListeners): WorkerProcess {
  const forked = cluster.fork()
  closeHandedConnections(forked.process)
  let readyAt: number | undefined
  let lastWords: string | undefined
  const isReady = () => readyAt !== undefined
  const send = (message: ToWorker) => void forked.send(message, () => undefined)
  const kill: WorkerProcess['kill'] = (signal) => void forked.process.kill(signal)
  const end = (how: string) =>
    listeners.onEnd({ lastWords, how, servedMs: readyAt === undefined ? 0 : performance.now() - readyAt })

  forked.on('message', (message: ToPrimary) => {
    if (message.kind === 'failed') lastWords = message.text
    if (message.kind === 'answer') listeners.onAnswer(message)
    if (message.kind !== 'ready') return
    readyAt = performance.now()
    listeners.onReady(message.address)
  })
  forked.once('exit', (status, signal) => end(signal ?? `exit status ${status}`))
  // One that could not even be made has no exit; every other error leads to one.
  forked.on('error', (error) => forked.process.pid === undefined && end(error.message))
  send({ kind: 'begin', worker, config })
  // A signal that it hears from its terminal or service manager as well must not count as a second one.
  const drain = (signal: string) => (isReady() ? send({ kind: 'drain', signal }) : kill('SIGTERM'))
  return { isReady, send, drain, kill }
}
