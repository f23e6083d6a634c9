import type { Tools } from '../../../app/tools.ts'
import { passwordFieldFaults } from '../../../passwords/policy.ts'
import { emailFault } from '../../../users/email.ts'
import { usernameFault } from '../../../users/names.ts'
import { CommandError } from '../../failure.ts'
import type { Terminal } from '../../terminal/terminal.ts'

/** What is wrong with a name for a new user by itself; undefined for a good one. */
export function newUsernameFault(name: string): string | undefined {
  return name.trim() === '' ? 'A username is needed.' : usernameFault(name.trim())
}

/** The same for an e-mail address, which an operator may leave out. */
export function newEmailFault(email: string): string | undefined {
  return email === '' ? undefined : emailFault(email)
}

/** Whatever no policy may let pass. */
export function newPasswordFaults(password: string): string[] {
  return password === '' ? ['A password is needed.'] : passwordFieldFaults(password)
}

/** Where `users create` and `users set-password` find the password. */
export const passwordFlag = { 'password-stdin': { type: 'boolean' } } as const

/**
 * The password of a user: the first line of stdin where the flag says so, otherwise asked for twice.
 * @throws CommandError where there is none, or the two differ
 */
export async function readNewPassword(
  terminal: Terminal,
  flags: { 'password-stdin'?: boolean },
): Promise<string> {
  const password = flags['password-stdin'] ? await firstLine(terminal) : await askTwice(terminal)
  const [fault] = newPasswordFaults(password)
  if (fault) throw new CommandError(fault)
  return password
}

async function askTwice(terminal: Terminal): Promise<string> {
  const password = await terminal.askSecret('Password: ')
  if ((await terminal.askSecret('Password (again): ')) === password) return password
  throw new CommandError('The two passwords differ.')
}

async function firstLine(terminal: Terminal): Promise<string> {
  const [line = ''] = (await terminal.readAll()).split(/\r?\n/, 1)
  return line
}

/** Says what the policy lets pass with a warning. */
export function sayWarnings(terminal: Terminal, warnings: readonly string[]): void {
  for (const warning of warnings) terminal.say(`Warning: ${warning}`)
}

/** Everything the policy has against a password, whether it refuses it or only warns. */
export async function objections(
  { policy }: Pick<Tools, 'policy'>,
  password: string,
  owner: { username: string; email: string },
): Promise<string[]> {
  const { faults, warnings } = await policy.check(password, owner)
  return [...faults, ...warnings]
}
