import type { Shell } from '../cli/shell.ts'
import { codeBlocksOf } from './pages.ts'

/** What a page tells its reader to type, and what it shows of the answer. */
export interface Step {
  command: string
  /** `…` stands for anything; empty where the page shows nothing */
  shown: string
}

const address = 'http://127.0.0.1:8000'

/** The `sh` blocks of a page that ask a server, each with the block behind it if that is not one to type. */
export function stepsOf(page: string): Step[] {
  const steps: Step[] = []
  let asks = false
  for (const { language, text } of codeBlocksOf(page)) {
    const step = steps.at(-1)
    if (language === 'sh') {
      asks = text.includes(address)
      if (asks) steps.push({ command: text, shown: '' })
    } else if (asks && step?.shown === '') step.shown = text
  }
  return steps
}

const mark = '=== end of a step ==='

/** Types all of it into one shell, one after the other. @returns what each step printed */
export async function walk(shell: Shell, steps: readonly Step[]): Promise<string[]> {
  const line = steps.map(({ command }) => `${command}\necho '${mark}'`).join('\n')
  const { stdout } = await shell.run(`exec 2>&1\n${line.replaceAll('8000', String(shell.port))}`)
  return stdout.replaceAll(String(shell.port), '8000').split(`${mark}\n`).slice(0, steps.length)
}

/** Whether a text is what a page shows, whatever white space stands in either. */
export function fits(text: string, shown: string): boolean {
  const pattern = shown
    .replaceAll(/\s+/g, '')
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${pattern}$`, 's').test(text.replaceAll(/\s+/g, ''))
}
