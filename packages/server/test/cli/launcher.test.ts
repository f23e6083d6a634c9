import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../harness.ts'
import { type Ended, launcher, runToEnd } from './shell.ts'

/** What it tells about the process it runs in. */
const program = `
const [what] = process.argv.slice(2)
if (what === 'exit') process.exitCode = 7
if (what === 'wait') {
  process.on('SIGTERM', () => { console.log('drained'); process.exit(5) })
  setTimeout(() => undefined, 120_000)
}
console.log(JSON.stringify({ version: process.versions.node, args: process.argv.slice(2) }))
if (what === 'die') process.kill(process.pid, 'SIGKILL')
if (what === 'read') process.stdin.pipe(process.stdout)
`

const packageName = `node-${process.platform.replace('win32', 'win')}-${process.arch}`

interface Installed {
  folder: string
  launcher: string
}

/** The launcher in a workspace of its own, with or without a newer Node installed above it. */
function install({ node, main }: { node: boolean; main: string }): Installed {
  const folder = temporaryFolder()
  const bin = join(folder, 'packages/server/bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(folder, 'packages/server/package.json'), '{"type":"module"}')
  const target = join(folder, 'packages/server', main)
  mkdirSync(join(target, '..'), { recursive: true })
  writeFileSync(target, program)
  copyFileSync(launcher, join(bin, 'countersign.js'))
  if (node) {
    const nodeBin = join(folder, 'node_modules', packageName, 'bin')
    mkdirSync(nodeBin, { recursive: true })
    writeFileSync(join(nodeBin, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 })
  }
  return { folder, launcher: join(bin, 'countersign.js') }
}

/** An old Node: a real one where the machine has it, and always one of today that says it were old. */
function oldNodes(): { name: string; command: [string, ...string[]] }[] {
  const pretence = join(temporaryFolder(), 'pretence.cjs')
  writeFileSync(
    pretence,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } })`,
  )
  const real = (process.env.PATH ?? '')
    .split(delimiter)
    .map((path) => join(path, 'node'))
    .find((path) => existsSync(path) && majorOf(path) < 24)
  return [
    { name: 'one that says it is 20.11.0', command: [process.execPath, '--require', pretence] },
    ...(real ? [{ name: 'the one on this machine', command: [real] as [string] }] : []),
  ]
}

function majorOf(node: string): number {
  return Number(/\d+/.exec(execFileSync(node, ['--version'], { encoding: 'utf8' }))?.[0])
}

function run(
  [command, ...before]: readonly [string, ...string[]],
  file: string,
  ...args: string[]
): Promise<Ended> {
  return runToEnd(command, [...before, file, ...args], { cwd: temporaryFolder(), env: {}, input: 'a line\n' })
}

const version = process.versions.node

describe.each(oldNodes())('under an old Node: $name', ({ command }) => {
  test('runs the program under the Node of the workspace, with its arguments and its status', async () => {
    const { launcher: file } = install({ node: true, main: 'src/main.ts' })
    const { status, stdout } = await run(command, file, 'exit', '--port', '1')
    expect(JSON.parse(stdout)).toEqual({ version, args: ['exit', '--port', '1'] })
    expect(status).toBe(7)
  })

  test('hands on stdin', async () => {
    const { launcher: file } = install({ node: true, main: 'src/main.ts' })
    expect((await run(command, file, 'read')).stdout).toMatch(/\na line\n$/)
  })

  test('hands on signals, and waits for the end', async () => {
    const { launcher: file } = install({ node: true, main: 'src/main.ts' })
    const [node, ...before] = command
    const child = spawn(node, [...before, file, 'wait'], { env: {} })
    child.stdout.once('data', () => child.kill('SIGTERM'))
    const exited = once(child, 'exit')
    expect(await text(child.stdout)).toMatch(/drained\n$/)
    expect(await exited).toEqual([5, null])
  })

  test('ends by the signal that ended the program', async () => {
    const { launcher: file } = install({ node: true, main: 'src/main.ts' })
    const [node, ...before] = command
    const child = spawn(node, [...before, file, 'die'], { env: {}, stdio: 'ignore' })
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  })

  test('without a newer Node it says in one sentence what is needed', async () => {
    const { launcher: file } = install({ node: false, main: 'src/main.ts' })
    const { status, stdout, stderr } = await run(command, file, 'dev')
    expect(stderr).toMatch(
      /^countersign: this needs Node 24 or newer, and here runs Node \d+\.\S+: install it .*\n$/,
    )
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  })

  test('an installed Node that is the old one itself is no way out', async () => {
    const { launcher: file, folder } = install({ node: false, main: 'src/main.ts' })
    const nodeBin = join(folder, 'node_modules', packageName, 'bin')
    mkdirSync(nodeBin, { recursive: true })
    symlinkSync(command[0], join(nodeBin, 'node'))
    const { status, stderr } = await run(command, file, 'dev')
    expect(stderr).toContain('this needs Node 24')
    expect(status).toBe(1)
  })
})

describe('under a Node that is new enough', () => {
  test.each(['src/main.ts', 'dist/main.js'])('runs %s in the same process', async (main) => {
    const { launcher: file } = install({ node: true, main })
    const { status, stdout } = await run([process.execPath], file, 'exit')
    expect(JSON.parse(stdout)).toEqual({ version, args: ['exit'] })
    expect(status).toBe(7)
    const child = spawn(process.execPath, [file, 'die'], { env: {}, stdio: 'ignore' })
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  })
})
