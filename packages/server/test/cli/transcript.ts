import type { Shell } from './shell.ts'

/** One command of a transcript, and what a person sees of it. */
interface Step {
  command: string
  /** standard output and standard error as they appear, then `(exit N)` unless N is 0 */
  expected: string[]
}

/**
 * A transcript is a plain text: `#` begins a remark, `$` a command, every other line is what the command before it shows.
 * A command that ends in ` &` is a server: it is waited for until it listens, and what it shows is not compared.
 */
export function parseTranscript(text: string): Step[] {
  const steps: Step[] = []
  for (const line of text.split('\n').filter((one) => one !== '#' && !one.startsWith('# '))) {
    const command = /^\$ (.*)$/.exec(line)?.[1]
    if (command !== undefined) steps.push({ command, expected: [] })
    else steps.at(-1)?.expected.push(line.trimEnd())
  }
  for (const { expected } of steps) while (expected.at(-1) === '') expected.pop()
  return steps
}

/** What stands for text that is another each time. */
const placeholders: Readonly<Record<string, string>> = {
  id: '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}',
  kid: '[\\w-]{43}',
  time: '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ',
  iso: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z',
  number: '\\d+(?:\\.\\d+)?',
  any: '.*',
}

/** Runs the steps one after the other in a shell. Texts show port 8000 and the folder /srv/auth, whatever they are. */
export function createPlayer(shell: Shell) {
  const names = new Map<string, string>()
  const disguise = (text: string) =>
    text.replaceAll(shell.folder, '/srv/auth').replaceAll(new RegExp(`\\b${shell.port}\\b`, 'g'), '8000')

  async function play({ command, expected }: Step): Promise<{ shown: string[]; expected: string[] }> {
    const typed = filled(command, names).replaceAll('8000', String(shell.port))
    if (typed.endsWith(' &')) {
      await shell.serve(typed.slice(0, -2))
      return { shown: expected, expected }
    }
    const { status, stdout } = await shell.run(`exec 2>&1; ${typed}`)
    const lines = disguise(stdout).split('\n').map(evenSpaces)
    while (lines.at(-1) === '') lines.pop()
    if (status !== 0) lines.push(`(exit ${status})`)
    const wanted = expected.map(evenSpaces)
    const shown = lines.map((line, index) => recognised(line, wanted[index] ?? '', names))
    return { shown, expected: wanted }
  }
  return play
}

/** `{NAME}` is what a placeholder `<id=NAME>` met before. */
function filled(text: string, names: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{([A-Z]+)\}/g, (whole, name: string) => names.get(name) ?? whole)
}

/** Columns are as wide as their widest cell, and that may be a placeholder. */
function evenSpaces(line: string): string {
  return line.replaceAll(/(?<=\S) {2,}/g, '  ').trimEnd()
}

/** The expected line where the shown one fits it: then only what differs stands out. A line may name what one above met. */
function recognised(line: string, expected: string, names: Map<string, string>): string {
  const groups: string[] = []
  const pattern = filled(expected, names)
    .split(/(<\w+(?:=[A-Z]+)?>)/)
    .map((part) => {
      const [, kind = '', name = ''] = /^<(\w+)(?:=([A-Z]+))?>$/.exec(part) ?? []
      const matching = Object.hasOwn(placeholders, kind) ? placeholders[kind] : undefined
      if (!matching) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      groups.push(name)
      return `(${matching})`
    })
  const match = new RegExp(`^${pattern.join('')}$`).exec(line)
  if (!match) return line
  groups.forEach((name, index) => {
    if (name) names.set(name, match[index + 1] ?? '')
  })
  return expected
}
