import type { Answers, ToPrimary } from './messages.ts'
import type { WorkerProcess } from './worker-process.ts'

/** One that has not answered by then is stuck: it gives its database 2 s itself. */
const timeoutMs = 2_500

/** Questions to workers, and which of them an answer belongs to. */
export interface Questions {
  /** @returns undefined where there is no worker, where it does not serve yet, and where it does not answer in 2.5 s */
  ask<About extends keyof Answers>(
    worker: WorkerProcess | undefined,
    about: About,
  ): Promise<Answers[About] | undefined>
  settle(message: Extract<ToPrimary, { kind: 'answer' }>): void
}

/** Opens the book of questions of one primary process. */
export function openQuestions(): Questions {
  const open = new Map<number, (answer: Answers[keyof Answers] | undefined) => void>()
  let ids = 0
  return {
    ask(worker, about) {
      if (!worker?.isReady()) return Promise.resolve(undefined)
      ids += 1
      const { promise, resolve } = Promise.withResolvers<Answers[keyof Answers] | undefined>()
      const timer = setTimeout(resolve, timeoutMs, undefined)
      const id = ids
      open.set(id, resolve)
      worker.send({ kind: 'question', id, about })
      void promise.then(() => {
        clearTimeout(timer)
        open.delete(id)
      })
      return promise as Promise<Answers[typeof about] | undefined>
    },
    settle: ({ id, answer }) => open.get(id)?.(answer),
  }
}
