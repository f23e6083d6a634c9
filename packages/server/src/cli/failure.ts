import { printable } from '../audit/printable.ts'
import { ConfigError } from '../config/config.ts'
import { AuthError } from '../errors.ts'
import { SchemaError } from '../store/migrate.ts'

/** A failure that was foreseen: its message tells a person what happened and what to do. Exit status 1. */
export class CommandError extends Error {}

/** The command line itself is wrong. Exit status 2. */
export class UsageError extends Error {}

/**
 * What a person reads of a failure, without a stack trace where it was foreseen.
 * @returns one line or more, without a line break at the end
 */
export function failureText(thrown: unknown): string {
  if (thrown instanceof ConfigError) return problemsText(thrown)
  if (thrown instanceof AuthError) return refusalText(thrown)
  if (thrown instanceof CommandError || thrown instanceof UsageError || thrown instanceof SchemaError) {
    return thrown.message
  }
  if (isSystemError(thrown)) return printable(thrown.message)
  const stack = thrown instanceof Error ? thrown.stack : undefined
  return `This should not have happened; please report it.\n${stack ?? String(thrown)}`
}

/** Every setting that is wrong, numbered, each with what to do about it. */
function problemsText({ problems }: ConfigError): string {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  const listed = problems.map(({ what, remedy }, index) => `  ${index + 1}. ${what}\n     ${remedy}`)
  return [`The settings have ${count}:`, ...listed.map(printableLines)].join('\n')
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

function refusalText({ code, message, details }: AuthError): string {
  const fields = Object.entries(details.fields ?? {})
  if (fields.length > 0) {
    return fields.flatMap(([field, faults]) => faults.map((fault) => `${field}: ${fault}`)).join('\n')
  }
  if (code === 'unavailable') return `The database cannot be used: ${printable(details.reason ?? message)}`
  return details.reason ?? message
}

/** The operating system said no: a folder that cannot be made, a file that cannot be read. */
function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown && 'errno' in thrown
}
