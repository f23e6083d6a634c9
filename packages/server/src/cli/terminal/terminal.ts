import { text } from 'node:stream/consumers'
import { styleText } from 'node:util'
import { openPrompts, type Prompts } from './prompts.ts'

/** The person or the script that called: results go to stdout, everything else to stderr. */
export interface Terminal extends Omit<Prompts, 'close'> {
  /** a result */
  print(text: string): void
  /** talk: what is going on, what went wrong */
  say(text: string): void
  /** all of stdin */
  readAll(): Promise<string>
  /** marks a part of what `say` says, where colours are wanted */
  mark(style: 'bold' | 'dim' | 'cyan' | 'yellow', text: string): string
  close(): void
}

/** The streams of this process. Colours appear on a terminal only, and not where NO_COLOR is set. */
export function openTerminal(): Terminal {
  const { stdout, stderr } = process
  let prompts: Prompts | undefined
  // Stdin is opened by the first question alone: opening makes it non-blocking, also for the shell that shares it.
  const prompting = () => {
    prompts ??= openPrompts(process.stdin, stderr)
    return prompts
  }
  // `countersign users list | head -1` closes the pipe early and means no harm.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  return {
    print: (line) => void stdout.write(`${line}\n`),
    say: (line) => void stderr.write(`${line}\n`),
    ask: (question) => prompting().ask(question),
    askSecret: (question) => prompting().askSecret(question),
    readAll: () => text(process.stdin),
    mark: (style, part) => styleText(style, part, { stream: stderr }),
    close: () => prompts?.close(),
  }
}

/** Asks before what cannot be undone; anything but yes is no, and so is the end of the input. */
export async function isConfirmed(terminal: Pick<Terminal, 'ask'>, question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await terminal.ask(`${question} [y/N] `)).trim())
}
