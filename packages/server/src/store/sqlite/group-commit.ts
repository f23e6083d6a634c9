import { AuthError } from '../../errors.ts'
import type { Command, Result } from './batch.ts'
import type { WriteVerb, WriteVerbs } from './verbs.ts'

/** Whoever owns the writing connection: this thread, or a worker thread. */
export interface Executor {
  run(commands: readonly Command[]): Promise<Result[]>
  close(): Promise<void>
}

/** How many writes share one fsync at the most; it bounds how long the file stays locked for other processes. */
const maxBatch = 256

interface Waiting {
  command: Command
  settle: (result: Result) => void
}

export interface GroupCommit {
  /** resolves after the commit that holds this write, rejects with `unavailable` where there was none */
  submit<V extends WriteVerb>(verb: V, input: Parameters<WriteVerbs[V]>[0]): ReturnType<WriteVerbs[V]>
  /** waits for what was submitted, then closes the executor */
  close(): Promise<void>
}

/** Gathers the writes that arrive while a commit is under way and hands them on as the next one. */
export function openGroupCommit(executor: Executor): GroupCommit {
  let waiting: Waiting[] = []
  let draining: Promise<void> | undefined
  let closed = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch)
      waiting = waiting.slice(maxBatch)
      const results = await runSafely(executor, batch)
      batch.forEach((one, index) => {
        one.settle(results[index] ?? lost('the writer answered too few results'))
      })
    }
    draining = undefined
  }

  function submit(verb: WriteVerb, input: unknown): Promise<unknown> {
    if (closed) return Promise.reject(unavailable('the store is closed'))
    return new Promise((resolve, reject) => {
      waiting.push({ command: { verb, input }, settle: (result) => settle(result, resolve, reject) })
      draining ??= Promise.resolve().then(drain)
    })
  }

  return {
    submit: submit as GroupCommit['submit'],
    async close() {
      closed = true
      await draining
      await executor.close()
    },
  }
}

async function runSafely(executor: Executor, batch: readonly Waiting[]): Promise<Result[]> {
  try {
    return await executor.run(batch.map((one) => one.command))
  } catch (thrown) {
    const result = lost(`the writer failed: ${String(thrown)}`)
    return batch.map(() => result)
  }
}

function lost(reason: string): Result {
  return { ok: false, unavailable: true, reason }
}

function unavailable(reason: string): AuthError {
  return new AuthError('unavailable', { retryAfterSeconds: 1, reason })
}

function settle(result: Result, resolve: (value: unknown) => void, reject: (reason: Error) => void): void {
  if (result.ok) resolve(result.value)
  else reject(result.unavailable ? unavailable(result.reason) : new Error(result.reason))
}
