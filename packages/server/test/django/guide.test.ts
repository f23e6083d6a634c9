import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShell, type Shell } from '../cli/shell.ts'
import { type CodeBlock, codeBlocksOf } from '../docs/pages.ts'
import { fits, type Step, walk } from '../docs/walk.ts'
import type { TokenPair } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { findDjango, type Installed, notInstalled } from './python.ts'
import { type DjangoProject, type Person, projectFolder, startDjango } from './start-django.ts'

const page = 'docs/guides/from-django.md'
const installed = findDjango() as Installed
const suffix = findDjango() ? '' : ` (${notInstalled})`
const password = 'correct horse battery'

const people: readonly Person[] = [
  { username: 'alice', email: 'alice@example.com', password },
  { username: 'bob', email: 'bob@example.com', password, hasher: 'bcrypt_sha256', groups: ['editors'] },
  { username: 'carol', email: 'carol@example.com', password: null },
  { username: 'oldest', email: 'oldest@example.com', password, hasher: 'sha1' },
  { username: 'dave', email: 'dave@example.com', password, hasher: 'argon2', is_active: false },
  { username: 'Alice', email: 'alice.b@example.com', password },
]

/** Every block that is typed, each with what the page shows below it, wherever it stands. */
function stepsIn(blocks: readonly CodeBlock[]): Step[] {
  const steps: Step[] = []
  let before: Step | undefined
  for (const { language, text } of blocks) {
    if (language === 'sh') {
      before = { command: text, shown: '' }
      steps.push(before)
    } else if (before && language !== 'python') {
      before.shown = text
      before = undefined
    }
  }
  return steps
}

/** In the background, as a service would be; it ends with the shell. */
const served =
  'countersign start > start.log 2>&1 & trap "kill $!" EXIT\n' +
  'until curl -sf http://127.0.0.1:8000/livez > /dev/null; do sleep 0.1; done'

describe.skipIf(!findDjango())(`${page}${suffix}`, () => {
  let project: DjangoProject
  let shell: Shell
  const known: Record<string, string> = {}

  async function post(path: string, body: object): Promise<TokenPair> {
    return (await requestOverSocket(project.address, 'POST', path, { body })).json() as TokenPair
  }

  beforeAll(async () => {
    project = await startDjango(installed, { hashing: 'as_in_production' })
    for (const person of people) await project.make(person)
    known.REFRESH = (await post('/api/token/', { username: 'alice', password })).refresh
    known.BLACKLISTED = (await post('/api/token/', { username: 'bob', password })).refresh
    await post('/api/token/refresh/', { refresh: known.BLACKLISTED })
    const { PATH: _, ...env } = project.env
    shell = await openShell({ ...known, ...env })
    const code = codeBlocksOf(page).find(({ text }) => text.includes('update_or_create'))
    writeFileSync(join(shell.folder, 'bring_back.py'), code?.text ?? '')
  })
  afterAll(() => project?.stop())

  test('is what happens, from the rehearsal to the way back', async () => {
    const steps = stepsIn(codeBlocksOf(page))
    expect(steps.length).toBeGreaterThan(10)
    const typed = steps.map(({ command, shown }) => ({ shown, command: here(command) }))
    const answers = await walk(shell, typed)
    for (const [index, { command, shown }] of steps.entries()) {
      const answer = answers[index] ?? ''
      expect({ command, shows: fits(answer, shown) ? shown : answer }).toEqual({ command, shows: shown })
    }
  }, 120_000)

  /** The page's command as it is typed here. */
  function here(command: string): string {
    if (command === 'countersign start\n') return served
    return command
      .replaceAll('sqlite:project.sqlite3', `sqlite:${project.database}`)
      .replaceAll('http://127.0.0.1:9000', project.address)
      .replaceAll(
        'python manage.py',
        `PYTHONPATH=${projectFolder} ${installed.python} ${projectFolder}/manage.py`,
      )
  }
})
