import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { root } from '../docs/pages.ts'
import { type Command, environment } from './toolchains.ts'

/** A program that reads a token a line and answers each with a line. */
export interface Verifier {
  /** the user's name, or `refused: ` and a reason */
  ask(token: string): Promise<string>
  /** closes its input; resolves to its exit status */
  end(): Promise<number | null>
}

/** @param env what it is to know of the server */
export function startVerifier(
  { line: [command, ...args], env: own }: Command,
  env: Record<string, string>,
): Verifier {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...environment(), ...own, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const exited = once(child, 'close') as Promise<[number | null]>
  const talk: string[] = []
  createInterface({ input: child.stderr }).on('line', (one) => talk.push(one))
  // One that has ended is noticed by the answer that is missing.
  child.stdin.on('error', () => undefined)
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async ask(token) {
      child.stdin.write(`${token}\n`)
      const { value, done } = await answers.next()
      if (done) throw new Error(`it ended while it was asked:\n${talk.join('\n')}`)
      return value
    },
    async end() {
      child.stdin.end()
      return (await exited)[0]
    },
  }
}
