import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AuthError } from '../errors.ts'
import { createGate, type GateOptions } from './gate.ts'

let now = 0

beforeEach(() => {
  now = 0
  vi.useFakeTimers()
})

afterEach(() => {
  expect(vi.getTimerCount(), 'no timer outlives its waiter').toBe(0)
  vi.useRealTimers()
})

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
  now += ms
  await vi.advanceTimersByTimeAsync(ms)
}

function openGate(options: Partial<GateOptions> = {}) {
  return createGate({ parallel: 2, queueLimit: 3, deadlineMs: 1000, clock: () => now, ...options })
}

/** A work that the test ends by hand. */
function startable() {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const work = vi.fn(() => promise)
  return { work, finish: () => resolve('done'), fail: (error: Error) => reject(error) }
}

async function refusalOf(outcome: Promise<unknown>): Promise<AuthError> {
  const error = await outcome.catch((thrown: unknown) => thrown)
  if (!(error instanceof AuthError)) throw new Error('expected a refusal')
  expect(error.code).toBe('overloaded')
  return error
}

describe('admission', () => {
  test('P03: never more than `parallel` works run, whatever is asked', async () => {
    const gate = openGate({ parallel: 3, queueLimit: 100 })
    let running = 0
    let most = 0
    const work = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running -= 1
    }
    const all = Promise.all(Array.from({ length: 50 }, () => gate.run(work)))
    expect(gate.depth()).toEqual({ running: 3, waiting: 47 })
    await pass(200)
    await all
    expect(most).toBe(3)
    expect(gate.depth()).toEqual({ running: 0, waiting: 0 })
  })

  test('waiters are served in the order in which they came', async () => {
    const gate = openGate({ parallel: 1 })
    const order: number[] = []
    const first = startable()
    const all = [gate.run(first.work)]
    for (const number of [1, 2, 3]) {
      all.push(
        gate.run(async () => {
          order.push(number)
          return 'done'
        }),
      )
    }
    first.finish()
    expect(await Promise.all(all)).toEqual(['done', 'done', 'done', 'done'])
    expect(order).toEqual([1, 2, 3])
  })

  test('P03: a full queue refuses at once, and says when to come back', async () => {
    const gate = openGate({ parallel: 1, queueLimit: 1 })
    const [slow, queued, refused] = [startable(), startable(), startable()]
    const outcomes = [gate.run(slow.work), gate.run(queued.work)]
    const refusal = await refusalOf(gate.run(refused.work))
    expect(refusal.details.retryAfterSeconds).toBe(1)
    expect(refused.work).not.toHaveBeenCalled()
    expect(gate.depth()).toEqual({ running: 1, waiting: 1 })
    slow.finish()
    queued.finish()
    await Promise.all(outcomes)
  })

  test('whoever listens hears of everyone who is turned away, and why', async () => {
    const heard: string[] = []
    const gate = openGate({ parallel: 1, queueLimit: 2, onRefused: (reason) => void heard.push(reason) })
    const slow = startable()
    const running = gate.run(slow.work)
    await refusalOf(gate.run(slow.work, AbortSignal.abort()))
    const leaver = new AbortController()
    const waiting = [gate.run(slow.work), gate.run(slow.work, leaver.signal)].map(refusalOf)
    await refusalOf(gate.run(slow.work))
    leaver.abort()
    await pass(1000)
    await Promise.all(waiting)
    expect(heard).toEqual(['client_gone', 'queue_full', 'client_gone', 'deadline'])
    slow.finish()
    await running
  })

  test('a queue of 0 works without a queue', async () => {
    const gate = openGate({ parallel: 1, queueLimit: 0 })
    const slow = startable()
    const outcome = gate.run(slow.work)
    await refusalOf(gate.run(slow.work))
    slow.finish()
    expect(await outcome).toBe('done')
  })

  test('Retry-After grows with the observed duration and the queue', async () => {
    const gate = openGate({ parallel: 2, queueLimit: 3, deadlineMs: 60_000 })
    const measured = startable()
    const outcome = gate.run(measured.work)
    await pass(3000)
    measured.finish()
    await outcome
    const works = Array.from({ length: 5 }, startable)
    const outcomes = works.map(({ work }) => gate.run(work))
    // four turns of three seconds each, two at a time
    expect((await refusalOf(gate.run(measured.work))).details.retryAfterSeconds).toBe(6)
    for (const { finish } of works) finish()
    await Promise.all(outcomes)
  })

  test('Retry-After is a whole number of at least 1, also when the clock goes backwards', async () => {
    const gate = openGate({ parallel: 1, queueLimit: 0 })
    const backwards = startable()
    const outcome = gate.run(backwards.work)
    await pass(0)
    now = -5000
    backwards.finish()
    await outcome
    const slow = startable()
    const running = gate.run(slow.work)
    expect((await refusalOf(gate.run(slow.work))).details.retryAfterSeconds).toBe(1)
    await pass(2500)
    slow.finish()
    await running
    const next = startable()
    const last = gate.run(next.work)
    expect((await refusalOf(gate.run(next.work))).details.retryAfterSeconds).toBe(3)
    next.finish()
    await last
  })
})

describe('shedding', () => {
  test('P03: a waiter is shed at the deadline, while the slot is still taken', async () => {
    const gate = openGate({ parallel: 1, deadlineMs: 1000 })
    const [slow, late] = [startable(), startable()]
    const running = gate.run(slow.work)
    const shed = refusalOf(gate.run(late.work))
    await pass(999)
    expect(gate.depth()).toEqual({ running: 1, waiting: 1 })
    await pass(1)
    expect((await shed).details.retryAfterSeconds).toBe(1)
    expect(gate.depth()).toEqual({ running: 1, waiting: 0 })
    slow.finish()
    await running
    expect(late.work).not.toHaveBeenCalled()
    expect(gate.depth()).toEqual({ running: 0, waiting: 0 })
  })

  test('who runs is not shed', async () => {
    const gate = openGate({ parallel: 1, deadlineMs: 10 })
    const slow = startable()
    const running = gate.run(slow.work)
    await pass(10_000)
    slow.finish()
    expect(await running).toBe('done')
  })

  test('who was admitted in time is not shed later', async () => {
    const gate = openGate({ parallel: 1, deadlineMs: 1000 })
    const [first, second] = [startable(), startable()]
    const outcomes = [gate.run(first.work), gate.run(second.work)]
    await pass(900)
    first.finish()
    await pass(900)
    second.finish()
    expect(await Promise.all(outcomes)).toEqual(['done', 'done'])
  })

  test('a waiter whose client goes leaves the queue', async () => {
    const gate = openGate({ parallel: 1, queueLimit: 2 })
    const client = new AbortController()
    const [slow, gone, next] = [startable(), startable(), startable()]
    const outcomes = [gate.run(slow.work)]
    const refused = refusalOf(gate.run(gone.work, client.signal))
    outcomes.push(gate.run(next.work))
    client.abort()
    await refused
    expect(gate.depth()).toEqual({ running: 1, waiting: 1 })
    slow.finish()
    next.finish()
    await Promise.all(outcomes)
    expect(gone.work).not.toHaveBeenCalled()
  })

  test('a client that has gone before is not served, and one that goes while his work runs changes nothing', async () => {
    const gate = openGate({ parallel: 1 })
    const client = new AbortController()
    const work = startable()
    const running = gate.run(work.work, client.signal)
    client.abort()
    await refusalOf(gate.run(startable().work, client.signal))
    work.finish()
    expect(await running).toBe('done')
    expect(gate.depth()).toEqual({ running: 0, waiting: 0 })
  })

  test('an admitted waiter no longer listens to its client', async () => {
    const gate = openGate({ parallel: 1 })
    const client = new AbortController()
    const removed = vi.spyOn(client.signal, 'removeEventListener')
    const [first, second] = [startable(), startable()]
    const outcomes = [gate.run(first.work), gate.run(second.work, client.signal)]
    first.finish()
    second.finish()
    await Promise.all(outcomes)
    expect(removed).toHaveBeenCalledOnce()
  })
})

describe('failing work', () => {
  test('passes its error on and gives its slot to the next', async () => {
    const gate = openGate({ parallel: 1 })
    const [failing, next] = [startable(), startable()]
    const failure = gate.run(failing.work).catch((error: unknown) => error)
    const outcome = gate.run(next.work)
    failing.fail(new Error('no memory'))
    expect(await failure).toEqual(new Error('no memory'))
    next.finish()
    expect(await outcome).toBe('done')
    expect(gate.depth()).toEqual({ running: 0, waiting: 0 })
  })

  test('leaks no slot, even when it throws before its first await', async () => {
    const gate = openGate({ parallel: 1, queueLimit: 0 })
    const throwing = () => {
      throw new Error('at once')
    }
    for (let round = 0; round < 5; round += 1) await expect(gate.run(throwing)).rejects.toThrow('at once')
    expect(gate.depth()).toEqual({ running: 0, waiting: 0 })
  })
})
