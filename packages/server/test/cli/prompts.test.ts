import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import { openShell } from './shell.ts'

/** A person at a terminal: a real one, made by script(1) of util-linux. */
async function person(line: string) {
  const { folder, env, run } = await openShell()
  const child: ChildProcess = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, env })
  let screen = ''
  child.stdout?.on('data', (bytes: Buffer) => {
    screen += bytes.toString()
  })
  const exited = once(child, 'exit').then(([status]: (number | null)[]) => status ?? null)
  let seen = 0
  return {
    run,
    exited,
    screen: () => screen,
    /** waits for a question, and only then types: before that the terminal itself would show what is typed */
    async answer(question: string, typed: string) {
      await vi.waitFor(() => expect(screen.slice(seen)).toContain(question), { timeout: 30_000 })
      seen = screen.length
      child.stdin?.write(typed)
    },
  }
}

const enter = '\r'
const controlC = '\u0003'
const controlD = '\u0004'
const backspace = '\u007f'

describe('at a terminal', () => {
  test('a password is asked for and never shown', async () => {
    const { answer, exited, screen, run } = await person('countersign createsuperuser')
    await answer('Username: ', `adnim${backspace.repeat(3)}min${enter}`)
    await answer('Email address: ', enter)
    await answer('Password: ', `correct horse battery${enter}`)
    await answer('Password (again): ', `corect${backspace.repeat(3)}rect horse battery${enter}`)
    expect(await exited).toBe(0)
    expect(screen()).toContain('Created superuser admin')
    expect(screen()).not.toMatch(/horse|corr|battery|\*/)
    expect((await run('countersign users list')).stdout).toMatch(/admin .* superuser/)
  })

  test('the arrow keys bring no password back', async () => {
    const { answer, exited, screen } = await person('countersign createsuperuser --username admin --email ""')
    await answer('Password: ', `12345678${enter}`)
    await answer('Password (again): ', `12345678${enter}`)
    await answer('[y/N] ', `\u001b[A${enter}`)
    await answer('Password: ', controlC)
    expect(await exited).toBe(1)
    expect(screen()).not.toContain('12345678')
  })

  test.each([
    { key: 'Ctrl-C', typed: controlC },
    { key: 'Ctrl-D', typed: controlD },
  ])('$key gives up, and nothing is created', async ({ typed }) => {
    const { answer, exited, screen, run } = await person('countersign users create alice')
    await answer('Password: ', `correct horse battery${enter}`)
    await answer('Password (again): ', typed)
    expect(await exited).toBe(1)
    expect(screen()).toMatch(/countersign:.* Cancelled: no answer\./)
    expect((await run('ls')).stdout).toBe('')
  })

  test('a question is answered with yes, or nothing happens', async () => {
    const { answer, exited, run } = await person(
      "echo 'correct horse battery' | countersign users create alice --password-stdin && countersign users delete alice",
    )
    await answer('for good? [y/N] ', enter)
    expect(await exited).toBe(1)
    expect((await run('countersign users show alice')).status).toBe(0)
  })
})
