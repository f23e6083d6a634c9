import { runCommand } from '../../src/cli/cli.ts'
import type { Terminal } from '../../src/cli/terminal/terminal.ts'
import type { MadeParts } from './made-parts.ts'

/** What a command prints. @throws Error where it ends with another status than 0, or asks for something */
async function printed(...args: string[]): Promise<string> {
  const lines: string[] = []
  const unexpected = () => Promise.reject(new Error(`${args.join(' ')} asked for something`))
  const terminal: Terminal = {
    print: (text) => void lines.push(text),
    say: (text) => void lines.push(text),
    ask: unexpected,
    askSecret: unexpected,
    readAll: unexpected,
    mark: (_, text) => text,
    close: () => undefined,
  }
  const status = await runCommand(args, terminal)
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${lines.join('\n')}`)
  return lines.join('\n')
}

/** The commands that the usage names, in its order, but for `help` and `version`. */
export async function listCommands(): Promise<string[]> {
  const names = [...(await printed('help')).matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name = '']) => name)
  return names.filter((name) => name !== 'help' && name !== 'version')
}

/** The made parts of the page: the usage, and the help of every command. */
export async function commandLineParts(): Promise<MadeParts> {
  const made = new Map([['help', fenced(await printed('help'))]])
  for (const name of await listCommands()) made.set(`help ${name}`, fenced(await printed('help', name)))
  return made
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``
}
