import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const countersign = join(import.meta.dirname, '../../packages/server/bin/countersign.js')

const builtProgram = join(import.meta.dirname, '../../packages/server/dist/main.js')

export interface Running {
  address: string
  pid: number
  data: string
  stop(): Promise<void>
}

export const benchSecret = 'a secret for measurements only, which is no good elsewhere'.replaceAll(',', '')

export const benchIssuer = 'http://127.0.0.1:8000'

/**
 * A server in production mode on a fresh folder (or the given one), as a process of its own; its log goes nowhere.
 * @param settings on top of those
 * @param program what is run: the sources, unless it is said otherwise
 */
export async function startServer(
  data = temporaryFolder(),
  settings: Readonly<Record<string, string>> = {},
  program = countersign,
): Promise<Running> {
  const env = {
    COUNTERSIGN_DATA: data,
    COUNTERSIGN_SECRET: benchSecret,
    COUNTERSIGN_ISSUER: benchIssuer,
    LOG_FORMAT: 'json',
    // All that is measured comes from one address. It is counted, and is never too much.
    COUNTERSIGN_LIMITS: '1000000',
    ...settings,
  }
  return { ...(await start([program, 'start'], env)), data }
}

/** Builds the package, which is what runs in production, for as long as the work takes. @returns what the work did */
export async function withBuiltProgram<T>(work: (program: string) => Promise<T>): Promise<T> {
  const hadOne = existsSync(builtProgram)
  execFileSync('npm', ['run', 'build', '--workspace', 'countersign'], { stdio: 'ignore' })
  try {
    return await work(builtProgram)
  } finally {
    if (!hadOne) remove(dirname(builtProgram))
  }
}

/** A folder of its own, for its maker to remove. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'countersign-bench-'))
}

/** A `node:http` server that answers these bytes to everything: the limit of what Node can do. */
export async function startBareServer(head: string, body: string): Promise<Running> {
  const script = join(import.meta.dirname, 'bare-server.ts')
  return { ...(await start([script], { BARE_HEAD: head, BARE_BODY: body })), data: '' }
}

async function start(args: string[], env: Record<string, string>) {
  const port = Number(env.PORT ?? (await freePort()))
  const child = spawn(process.execPath, args, {
    env: { ...env, PORT: String(port) },
    stdio: 'ignore',
  })
  // A benchmark that fails half-way leaves no server behind.
  const endWithUs = () => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  child.once('exit', () => process.off('exit', endWithUs))
  const address = `http://127.0.0.1:${port}`
  await answering(child, address)
  return {
    address,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise<void>((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

/** A port of this machine that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const bound = probe.address()
      probe.close(() => resolve(typeof bound === 'object' && bound ? bound.port : 0))
    })
  })
}

const patienceMs = 20_000

async function answering(child: ChildProcess, address: string): Promise<void> {
  const until = performance.now() + patienceMs
  while (child.exitCode === null && performance.now() < until) {
    const answer = await fetch(`${address}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`the server does not answer (exit code ${child.exitCode})`)
}

/** Memory that the process holds now, in bytes; Linux only. */
export function residentBytes(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) * 1024
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
