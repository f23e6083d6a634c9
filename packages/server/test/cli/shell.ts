import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { cheapHashing, temporaryFolder } from '../harness.ts'

/** What `countersign` is, once it is installed. */
export const launcher = join(import.meta.dirname, '../../bin/countersign.js')

/** What became of a program that ran to its end. */
export interface Ended {
  /** 128 and its number for a signal, as a shell has it */
  status: number
  stdout: string
  stderr: string
}

/** A folder of its own with a `countersign` on the path, and a port that nobody else uses. */
export interface Shell {
  folder: string
  port: number
  env: Record<string, string>
  /** runs one line of bash, with nothing on its stdin */
  run(line: string): Promise<Ended>
  /** runs one line in the background until `stop`; resolves once a server in it listens */
  serve(line: string): Promise<Served>
  /** ends what still runs in the background */
  stopAll(): Promise<void>
}

export interface Served {
  child: ChildProcess
  /** its standard output, a line each */
  logs: string[]
  /** its standard error, a line each */
  talk: string[]
  /** sends the signal and resolves to the exit status, or to the signal that ended it */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
  exited: Promise<number | NodeJS.Signals | null>
}

/** @param extra variables on top of a bare environment, cheap hashing and a free port */
export async function openShell(extra: Record<string, string> = {}): Promise<Shell> {
  const folder = realpathSync(temporaryFolder())
  const port = await freePort()
  const bin = join(folder, '.bin')
  mkdirSync(bin)
  const shim = `#!/bin/sh\nexec '${process.execPath}' '${launcher}' "$@"\n`
  writeFileSync(join(bin, 'countersign'), shim, { mode: 0o755 })
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: folder,
    PORT: String(port),
    ...cheapHashing,
    ...extra,
  }
  const served: Served[] = []
  return {
    folder,
    port,
    env,
    run: (line) => runToEnd('bash', ['-c', line], { cwd: folder, env }),
    async serve(line) {
      const one = await serveUntilStopped(`exec ${line}`, { cwd: folder, env })
      served.push(one)
      return one
    },
    async stopAll() {
      await Promise.all(served.map((one) => one.stop()))
    },
  }
}

interface Place {
  cwd: string
  env: Record<string, string>
}

/** Runs a program to its end; `input` is all of its stdin, nothing if not given. Rejects where there is no such program. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { input, ...place }: Place & { input?: string },
): Promise<Ended> {
  const child = spawn(command, args, place)
  child.stdin.end(input)
  const exited = once(child, 'exit') as Promise<[number | null]>
  const [[status], stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  return { status: status ?? 128, stdout, stderr }
}

async function serveUntilStopped(line: string, place: Place): Promise<Served> {
  const child = spawn('bash', ['-c', line], { ...place, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit').then(
    ([status, signal]: (number | NodeJS.Signals | null)[]) => status ?? signal ?? null,
  )
  const logs: string[] = []
  const talk: string[] = []
  createInterface({ input: child.stderr }).on('line', (one) => talk.push(one))
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (one) => {
      logs.push(one)
      if (one.includes('server.listening')) resolve()
    })
    exited.then((status) => reject(new Error(`it ended with ${status}:\n${talk.join('\n')}`)), reject)
  })
  return {
    child,
    logs,
    talk,
    exited,
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
  }
}

/** Below the range from which the system gives ports away by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
