import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openShell } from '../cli/shell.ts'
import { codeBlocksOf } from '../docs/pages.ts'
import { fits, type Step, walk } from '../docs/walk.ts'
import { projectFile } from './projects.ts'

const page = 'docs/guides/importing-users.md'

test(`${page} shows what happens`, async () => {
  const shell = await openShell()
  copyFileSync(projectFile('usual'), join(shell.folder, 'project.sqlite3'))
  copyFileSync(projectFile('custom'), join(shell.folder, 'people.sqlite3'))
  const steps: Step[] = []
  for (const { language, text } of codeBlocksOf(page)) {
    if (language === 'sh') steps.push({ command: text, shown: '' })
    else steps.push({ command: steps.pop()?.command ?? '', shown: text })
  }
  expect(steps.length).toBeGreaterThan(5)
  const answers = await walk(shell, steps)
  for (const [index, { command, shown }] of steps.entries()) {
    const answer = answers[index] ?? ''
    // Only the page's own text is compared with itself where they fit, so that a difference is readable.
    expect({ command, shows: fits(answer, shown) ? shown : answer }).toEqual({ command, shows: shown })
  }
}, 120_000)
