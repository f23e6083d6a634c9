import { describe, expect, test } from 'vitest'
import { sampleUser } from '../../../test/store/samples.ts'
import { AuthError } from '../../errors.ts'
import type { Command, Result } from './batch.ts'
import { type Executor, openGroupCommit } from './group-commit.ts'

const created: Result = { ok: true, value: { outcome: 'created' } }

/** An executor that does nothing until it is told what came of the batch that it holds. */
function heldExecutor() {
  const batches: (readonly Command[])[] = []
  const answers: ((results: Result[]) => void)[] = []
  let closed = false
  const executor: Executor = {
    run(commands) {
      batches.push(commands)
      return new Promise((resolve) => answers.push(resolve))
    },
    async close() {
      closed = true
    },
  }
  return {
    executor,
    sizes: () => batches.map((batch) => batch.length),
    answer: async (results?: Result[]) => {
      answers.shift()?.(results ?? (batches[batches.length - answers.length - 1] ?? []).map(() => created))
      await settled()
    },
    isClosed: () => closed,
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function refusal(outcome: Promise<unknown>): Promise<AuthError> {
  const thrown = await outcome.catch((error: unknown) => error)
  if (thrown instanceof AuthError) return thrown
  throw new Error('expected a refusal')
}

describe('group commit', () => {
  test('what arrives while a commit is under way goes into the next, in order, at most 256', async () => {
    const { executor, sizes, answer } = heldExecutor()
    const writes = openGroupCommit(executor)
    const submit = () => writes.submit('createUser', sampleUser())
    const outcomes = [submit(), submit()]
    await settled()
    for (let more = 0; more < 300; more += 1) outcomes.push(submit())
    await settled()
    expect(sizes()).toEqual([2])
    await answer()
    expect(sizes()).toEqual([2, 256])
    await answer()
    await answer()
    expect(sizes()).toEqual([2, 256, 44])
    expect(await Promise.all(outcomes)).toHaveLength(302)
  })

  test('nothing resolves before its commit', async () => {
    const { executor, answer } = heldExecutor()
    const write = openGroupCommit(executor).submit('createUser', sampleUser())
    let isDone = false
    void write.then(() => {
      isDone = true
    })
    await settled()
    expect(isDone).toBe(false)
    await answer()
    expect(isDone).toBe(true)
  })

  const faults: { name: string; run: Executor['run']; code: string }[] = [
    {
      name: 'an executor that throws',
      run: () => Promise.reject(new Error('dead')),
      code: 'the writer failed: Error: dead',
    },
    { name: 'too few results', run: async () => [], code: 'the writer answered too few results' },
    {
      name: 'a fault of the medium',
      run: async () => [{ ok: false, unavailable: true, reason: 'SQLITE_FULL' }],
      code: 'SQLITE_FULL',
    },
  ]
  test.each(faults)('$name: unavailable, and the next batch is tried as if nothing was', async ({
    run,
    code,
  }) => {
    let isBroken = true
    const writes = openGroupCommit({
      run: (commands) => (isBroken ? run(commands) : Promise.resolve(commands.map(() => created))),
      close: async () => undefined,
    })
    const { code: told, details } = await refusal(writes.submit('createUser', sampleUser()))
    expect({ told, reason: details.reason, retry: details.retryAfterSeconds }).toEqual({
      told: 'unavailable',
      reason: code,
      retry: 1,
    })
    isBroken = false
    expect(await writes.submit('createUser', sampleUser())).toEqual({ outcome: 'created' })
  })

  test('a mistake of ours is no refusal', async () => {
    const failed: Result = { ok: false, unavailable: false, reason: 'CHECK constraint failed' }
    const writes = openGroupCommit({ run: async () => [failed], close: async () => undefined })
    const thrown = await writes.submit('createUser', sampleUser()).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(Error)
    expect(thrown).not.toBeInstanceOf(AuthError)
  })

  test('closing waits for what was handed in, then closes the executor; nothing is taken any more', async () => {
    const { executor, answer, isClosed } = heldExecutor()
    const writes = openGroupCommit(executor)
    const write = writes.submit('createUser', sampleUser())
    const closing = writes.close()
    expect((await refusal(writes.submit('createUser', sampleUser()))).details.reason).toBe(
      'the store is closed',
    )
    await settled()
    expect(isClosed()).toBe(false)
    await answer()
    expect(await write).toEqual({ outcome: 'created' })
    await closing
    expect(isClosed()).toBe(true)
  })
})
