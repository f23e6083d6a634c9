import { expect, onTestFinished, test } from 'vitest'
import { openShell } from '../../cli/shell.ts'
import { codeBlocksOf } from '../../docs/pages.ts'
import { fits, type Step, stepsOf, walk } from '../../docs/walk.ts'

const page = 'docs/guides/dj-rest-auth.md'

/** The page starts a server twice, with these settings; what follows is typed beside it. */
const starts = codeBlocksOf(page)
  .filter(({ language, text }) => language === 'sh' && text.includes('countersign dev'))
  .map(({ text }) =>
    Object.fromEntries([...text.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])),
  )

/** The steps with cookies come behind the second start. */
function partsOf(steps: readonly Step[]): Step[][] {
  const first = steps.findIndex(({ command }) => command.includes('jar.txt'))
  return [steps.slice(0, first), steps.slice(first)]
}

test('the page has both of its parts', () => {
  expect(starts).toHaveLength(2)
  expect(partsOf(stepsOf(page)).map((steps) => steps.length)).toEqual([5, 2])
})

test.each(
  partsOf(stepsOf(page)).map((steps, index) => ({ steps, env: starts[index] ?? {} })),
)('what a reader types with $env', async ({ steps, env }) => {
  const shell = await openShell(env)
  onTestFinished(() => shell.stopAll())
  await shell.serve('countersign dev')
  const answers = await walk(shell, steps)
  for (const [index, { command, shown }] of steps.entries()) {
    const answer = answers[index] ?? ''
    expect({ command, shows: fits(answer, shown) ? shown : answer }).toEqual({ command, shows: shown })
  }
})
