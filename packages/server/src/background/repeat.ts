import type { Audit } from '../audit/events.ts'

/**
 * Runs the work again and again, one run at a time. A failure is told once, and again only after a success between.
 * @returns a function that stops it and waits for a run that is under way
 */
export function repeat(audit: Audit, everyMs: number, work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let failing = false
  async function run(): Promise<void> {
    try {
      await work()
      failing = false
    } catch (error) {
      if (!failing) audit.record('store.unavailable', { error })
      failing = true
    } finally {
      running = undefined
    }
  }
  const timer = setInterval(() => {
    running ??= run()
  }, everyMs)
  return async () => {
    clearInterval(timer)
    await running
  }
}
