import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = join(import.meta.dirname, '../..')

/** As its README says, in a process group of its own: npm has children. */
export async function startExample(name: string, env: Record<string, string>) {
  const child = spawn('npm', ['start', '--workspace', `examples/${name}`], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const talk: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => talk.push(String(chunk)))
  const exited = once(child, 'close')
  const kill = () => process.kill(-(child.pid ?? 0), 'SIGTERM')
  process.once('SIGTERM', kill)
  child.once('close', () => process.off('SIGTERM', kill))
  return {
    async answers(address: string): Promise<void> {
      const deadline = Date.now() + 50_000
      while (!(await fetch(address).catch(() => undefined))) {
        if (child.exitCode !== null || Date.now() > deadline)
          throw new Error(`${name} does not answer:\n${talk.join('')}`)
        await sleep(100)
      }
    },
    /** what it said until it ended of itself */
    async ended(): Promise<string> {
      await exited
      return talk.join('')
    },
    async stop(): Promise<void> {
      if (child.exitCode === null) kill()
      await exited
    },
  }
}
