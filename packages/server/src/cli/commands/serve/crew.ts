import cluster from 'node:cluster'
import { extname, join } from 'node:path'
import type { Audit } from '../../../audit/events.ts'
import type { Config } from '../../../config/config.ts'
import { CommandError } from '../../failure.ts'
import type { Answers } from './messages.ts'
import { openQuestions } from './questions.ts'
import { longLifeMs, restartDelayMs } from './restart-delay.ts'
import { endedWell, forkWorker, type WorkerEnd, type WorkerProcess } from './worker-process.ts'

/** The workers of a primary process. */
export interface Crew {
  /**
   * Starts one, and when that serves, the others: so one alone makes the database, and what is wrong is told once.
   * @returns the address that the first listens on, and so do all
   * @throws CommandError with what the first said, if it ended before
   */
  start(): Promise<string>
  /** Asks every worker. @returns an answer for each, in their order; undefined from one that does not serve or is stuck */
  ask<About extends keyof Answers>(about: About): Promise<(Answers[About] | undefined)[]>
  /**
   * Tells all to stop as that signal would have it; nobody is replaced any more.
   * @returns whether all ended well; those that had not within 15 s after the delay were killed
   */
  drain(signal: string): Promise<boolean>
  isDraining(): boolean
  /** Ends all at once. */
  kill(): void
}

const patienceMs = 15_000

/** A crew of as many workers as the configuration says; none is started yet. */
export function openCrew(config: Config, log: Audit): Crew {
  setUpCluster()
  const numbers = Array.from({ length: config.workers }, (_, index) => index + 1)
  const workers = new Map<number, WorkerProcess>()
  const questions = openQuestions()
  const begun = Promise.withResolvers<string>()
  const places = openPlaces(hire)
  const farewell = openFarewell(log)
  let listening: string | undefined
  let isDraining = false

  function hire(worker: number): void {
    const onReady = (address: string) => welcome(worker, address)
    const onEnd = (end: WorkerEnd) => lose(worker, end)
    try {
      workers.set(worker, forkWorker(worker, config, { onReady, onEnd, onAnswer: questions.settle }))
    } catch (thrown) {
      // Too many processes or open files: that may pass.
      onEnd({ lastWords: undefined, how: String(thrown), servedMs: 0 })
    }
  }

  function welcome(worker: number, address: string): void {
    if (isDraining) return
    log.record('worker.ready', { worker })
    if (listening === undefined) {
      begun.resolve(address)
      for (const other of numbers.slice(1)) hire(other)
    } else if (listening !== address) {
      // With port 0, if none was left for a moment.
      log.record('server.listening', { address })
    }
    listening = address
  }

  function lose(worker: number, end: WorkerEnd): void {
    workers.delete(worker)
    if (isDraining) {
      farewell.see(worker, end)
      if (workers.size === 0) farewell.finish()
    } else if (listening === undefined) {
      begun.reject(new CommandError(end.lastWords ?? `The first worker ended before it served: ${end.how}.`))
    } else {
      log.record('worker.ended', { worker, reason: end.lastWords ?? end.how })
      places.refill(worker, end.servedMs)
    }
  }

  function kill(): void {
    for (const one of workers.values()) one.kill('SIGKILL')
  }

  return {
    start() {
      hire(1)
      return begun.promise
    },
    ask: (about) => Promise.all(numbers.map((worker) => questions.ask(workers.get(worker), about))),
    async drain(signal) {
      isDraining = true
      places.close()
      if (workers.size === 0) return true
      for (const one of workers.values()) one.drain(signal)
      const late = setTimeout(kill, config.shutdownDelaySeconds * 1000 + patienceMs)
      const allEndedWell = await farewell.over
      clearTimeout(late)
      return allEndedWell
    },
    isDraining: () => isDraining,
    kill,
  }
}

/** `advanced`, since a configuration may hold what JSON has no word for. */
function setUpCluster(): void {
  const exec = join(import.meta.dirname, `worker${extname(import.meta.filename)}`)
  cluster.setupPrimary({ exec, args: [], serialization: 'advanced' })
}

/** The places of workers that died: each is filled again, sooner or later. */
function openPlaces(hire: (worker: number) => void) {
  const deaths = new Map<number, number>()
  const timers = new Map<number, NodeJS.Timeout>()
  return {
    refill(worker: number, servedMs: number) {
      const before = servedMs < longLifeMs ? (deaths.get(worker) ?? 0) : 0
      deaths.set(worker, before + 1)
      timers.set(worker, setTimeout(hire, restartDelayMs(before), worker))
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}

/** Sees off workers that were told to stop; one that never served may end as it likes. */
function openFarewell(log: Audit) {
  const over = Promise.withResolvers<boolean>()
  let allEndedWell = true
  return {
    see(worker: number, { lastWords, how, servedMs }: WorkerEnd) {
      const reason = lastWords ?? how
      if (servedMs === 0 || reason === endedWell) return
      allEndedWell = false
      log.record('worker.ended', { worker, reason })
    },
    finish: () => over.resolve(allEndedWell),
    /** resolves to whether all ended well */
    over: over.promise,
  }
}
