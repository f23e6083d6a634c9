/** A work that lanes do over and over: a lane is a connection, and does one thing at a time. */
export interface Lanes {
  count: number
  /** one request and what follows from it; it throws where the answer is not the one it wants */
  step: (lane: number) => Promise<void>
}

/** Steps per second with every lane always busy. */
export async function keepBusy({ count, step }: Lanes, milliseconds: number): Promise<number> {
  const from = performance.now()
  const until = from + milliseconds
  let steps = 0
  await Promise.all(
    Array.from({ length: count }, async (_, lane) => {
      while (performance.now() < until) {
        await step(lane)
        steps += 1
      }
    }),
  )
  return steps / ((performance.now() - from) / 1000)
}

export interface Arrivals {
  /** on the average: they come at random instants */
  perSecond: number
  milliseconds: number
}

/** Milliseconds that each step took, from the instant it was due to begin, whatever became of those before it. */
export async function arrive(lanes: Lanes, { perSecond, milliseconds }: Arrivals): Promise<number[]> {
  const runOnFree = shareLanes(lanes)
  const latencies: number[] = []
  const asked: Promise<void>[] = []
  const until = performance.now() + milliseconds
  for (let due = performance.now(); due < until; due += (randomGap() * 1000) / perSecond) {
    await sleepUntil(due)
    const sent = performance.now()
    asked.push(runOnFree().then(() => void latencies.push(performance.now() - sent)))
  }
  await Promise.all(asked)
  return latencies
}

/** Milliseconds that each of so many steps took, one after the other on one lane. */
export async function inTurn({ step }: Lanes, steps: number): Promise<number[]> {
  const latencies: number[] = []
  for (let done = 0; done < steps; done += 1) {
    const from = performance.now()
    await step(0)
    latencies.push(performance.now() - from)
  }
  return latencies
}

/** Lanes take turns; who finds none free waits for one. */
function shareLanes({ count, step }: Lanes): () => Promise<void> {
  const free = Array.from({ length: count }, (_, lane) => lane)
  const waiting: ((lane: number) => void)[] = []
  return async () => {
    const lane = free.shift() ?? (await new Promise<number>((resolve) => void waiting.push(resolve)))
    await step(lane)
    const next = waiting.shift()
    if (next) next(lane)
    else free.push(lane)
  }
}

/** Of independent arrivals, in units of their mean. */
function randomGap(): number {
  return -Math.log(1 - Math.random())
}

async function sleepUntil(due: number): Promise<void> {
  const wait = due - performance.now()
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
}
