import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Command, type Result, runBatch } from './batch.ts'
import type { Connection } from './connection.ts'
import type { Executor } from './group-commit.ts'

/** Writes on the caller's own connection: for a database in memory, which no second thread can see. */
export function inlineExecutor(db: Connection): Executor {
  return {
    run: async (commands) => runBatch(db, commands),
    close: async () => undefined,
  }
}

interface Answer {
  results: Result[]
}

/**
 * Writes in a thread of its own, so that the event loop never waits for the disk. A writer that dies takes the
 * commands it held with it (they answer `unavailable`); the next batch starts a new one.
 */
export function threadExecutor(file: string): Executor {
  let worker: Worker | undefined

  function start(): Worker {
    const made = new Worker(new URL(`./writer-thread${extname(import.meta.url)}`, import.meta.url), {
      workerData: { file },
      // It holds a batch at a time and nothing else.
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 },
    })
    const forget = () => {
      if (worker === made) worker = undefined
    }
    // Without a listener, an error between two batches would end the whole process.
    made.on('error', forget).once('exit', forget)
    return made
  }

  function ask(target: Worker, commands: readonly Command[]): Promise<Result[]> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        target.off('message', onMessage).off('error', onError).off('exit', onExit)
        act()
      }
      const onMessage = (answer: Answer) => settle(() => resolve(answer.results))
      const onError = (error: Error) => settle(() => reject(error))
      const onExit = () => settle(() => reject(new Error('the writer thread ended')))
      target.once('message', onMessage).once('error', onError).once('exit', onExit)
      target.postMessage(commands)
    })
  }

  return {
    run(commands) {
      worker ??= start()
      return ask(worker, commands)
    },
    async close() {
      const open = worker
      if (!open) return
      const ended = new Promise((resolve) => open.once('exit', resolve))
      open.postMessage('close')
      await ended
    },
  }
}
