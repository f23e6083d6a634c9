import { describe, expect, onTestFinished, test } from 'vitest'
import { openShell } from '../cli/shell.ts'
import { fits, stepsOf, walk } from './walk.ts'

describe('what a reader types', () => {
  test.each([
    'README.md',
    'docs/guides/first-five-minutes.md',
    'docs/guides/accounts.md',
  ])('%s shows what happens', async (page) => {
    const steps = stepsOf(page)
    expect(steps.length).toBeGreaterThan(4)
    const shell = await openShell()
    onTestFinished(() => shell.stopAll())
    await shell.serve('countersign dev')
    const answers = await walk(shell, steps)
    for (const [index, { command, shown }] of steps.entries()) {
      const answer = answers[index] ?? ''
      // Only the page's own text is compared with itself where they fit, so that a difference is readable.
      expect({ command, shows: fits(answer, shown) ? shown : answer }).toEqual({ command, shows: shown })
    }
  })
})
