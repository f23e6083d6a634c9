import { type ParseArgsConfig, parseArgs } from 'node:util'
import { UsageError } from './failure.ts'
import { suggestion } from './nearest.ts'
import type { Terminal } from './terminal/terminal.ts'

type Flags = Readonly<Record<string, { type: 'string' | 'boolean' }>>
type ValuesOf<F extends Flags> = {
  readonly [Name in keyof F]?: F[Name]['type'] extends 'string' ? string : boolean
}

/** One thing that the program can be told to do. */
export interface Command {
  /** shown for `--help` */
  help: string
  /**
   * @returns the exit status
   * @throws UsageError where the arguments make no sense
   */
  run(args: readonly string[], terminal: Terminal): Promise<number>
}

export interface CommandDefinition<F extends Flags> {
  /** as it is typed: `users create` */
  name: string
  /** written by hand; its first line shows the usage */
  help: string
  flags: F
  /** what stands beside the flags, in its order; a name in brackets may be left out */
  operands?: readonly string[]
  run(input: { values: ValuesOf<F>; operands: readonly string[]; terminal: Terminal }): Promise<number>
}

/** The flags of every command that works on the data of a deployment. */
export const dataFlag = { data: { type: 'string' } } as const

/** The flags of a command that listens, or speaks to who listens. */
export const addressFlags = { ...dataFlag, port: { type: 'string' }, host: { type: 'string' } } as const

/** Joins the parsing of a command's arguments to what it does with them. */
export function command<const F extends Flags>(definition: CommandDefinition<F>): Command {
  const { help, run } = definition
  return {
    help,
    async run(args, terminal) {
      const { values, operands } = parse(definition, args)
      if (values.help) {
        terminal.print(help)
        return 0
      }
      checkOperands(definition, operands)
      return run({ values: values as ValuesOf<F>, operands, terminal })
    },
  }
}

/** A command of commands: its first argument names one of them. */
export function group(name: string, help: string, commands: Readonly<Record<string, Command>>): Command {
  return {
    help,
    async run([first, ...rest], terminal) {
      if (first === '--help' || first === '-h' || first === 'help') {
        terminal.print(help)
        return 0
      }
      if (first === undefined) throw new UsageError(`Say what to do: ${Object.keys(commands).join(', ')}.`)
      const chosen = Object.hasOwn(commands, first) ? commands[first] : undefined
      if (chosen) return chosen.run(rest, terminal)
      const hint = suggestion(first, Object.keys(commands), `countersign ${name} `)
      throw new UsageError(`There is no command "${name} ${first}".${hint}`)
    },
  }
}

function parse({ flags }: { flags: Flags }, args: readonly string[]) {
  const options = { ...flags, help: { type: 'boolean', short: 'h' } } satisfies ParseArgsConfig['options']
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return { values: values as Record<string, string | boolean | undefined>, operands: positionals }
  } catch (thrown) {
    throw new UsageError(misuse(thrown, args, Object.keys(options)))
  }
}

function misuse(thrown: unknown, args: readonly string[], known: readonly string[]): string {
  const fault = thrown as NodeJS.ErrnoException
  if (fault.code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return fault.message
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true })
  const unknown = tokens.find((token) => token.kind === 'option' && !known.includes(token.name))
  if (unknown?.kind !== 'option') return fault.message
  const hint = suggestion(unknown.name, known, '--')
  return `There is no flag ${unknown.rawName}.${hint || ' What begins with "-" and is no flag goes after "--".'}`
}

function checkOperands(
  { operands: expected = [] }: { operands?: readonly string[] },
  given: readonly string[],
) {
  const missing = expected.filter((name) => !name.startsWith('['))[given.length]
  if (missing) throw new UsageError(`${missing} is missing.`)
  const surplus = given[expected.length]
  if (surplus !== undefined) throw new UsageError(`"${surplus}" is one argument too many.`)
}
