import { version } from '../version.ts'
import type { Command } from './command.ts'
import { failureText, UsageError } from './failure.ts'
import { suggestion } from './nearest.ts'
import type { Terminal } from './terminal/terminal.ts'

/** Every command; each is loaded only when it is asked for. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  dev: async () => (await import('./commands/dev.ts')).dev,
  start: async () => (await import('./commands/start.ts')).start,
  status: async () => (await import('./commands/status.ts')).status,
  healthcheck: async () => (await import('./commands/healthcheck.ts')).healthcheck,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  migrate: async () => (await import('./commands/migrate.ts')).migrate,
  backup: async () => (await import('./commands/backup.ts')).backup,
  copy: async () => (await import('./commands/copy/copy.ts')).copy,
  import: async () => (await import('./commands/import/import.ts')).importCommands,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  createsuperuser: async () => (await import('./commands/createsuperuser.ts')).createsuperuser,
  users: async () => (await import('./commands/users/users.ts')).users,
  sessions: async () => (await import('./commands/sessions.ts')).sessions,
  keys: async () => (await import('./commands/keys.ts')).keys,
  mail: async () => (await import('./commands/mail/mail.ts')).mail,
  token: async () => (await import('./commands/token/token.ts')).token,
  audit: async () => (await import('./commands/audit/audit.ts')).audit,
  webhooks: async () => (await import('./commands/webhooks/webhooks.ts')).webhooks,
  explain: async () => (await import('./commands/explain.ts')).explain,
}

/** What these are called elsewhere. */
const otherNames: Readonly<Record<string, string>> = {
  runserver: 'dev',
  serve: 'start',
  changepassword: 'users set-password',
}

/**
 * Runs one command line and says what went wrong with it.
 * @returns the exit status: 0 for success, 1 for failure, 2 for misuse
 */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal)
  } catch (thrown) {
    terminal.say(`${terminal.mark('bold', 'countersign:')} ${failureText(thrown)}`)
    if (!(thrown instanceof UsageError)) return 1
    terminal.say(`Try: countersign help${helpTopic(args)}`)
    return 2
  } finally {
    terminal.close()
  }
}

async function dispatch([name, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  switch (name) {
    case undefined:
    case '--help':
    case '-h':
    case 'help':
      return showHelp(rest, terminal)
    case 'version':
    case '--version':
      terminal.print(`countersign ${version}`)
      return 0
    default:
      return (await findCommand(name)).run(rest, terminal)
  }
}

async function showHelp(topic: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = topic
  if (name !== undefined && name !== 'settings') {
    return (await findCommand(name)).run([...rest, '--help'], terminal)
  }
  const { settingsHelp, usage } = await import('./usage.ts')
  terminal.print(name === 'settings' ? settingsHelp() : usage)
  return 0
}

function findCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load) return load()
  const other = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined
  const known = [...Object.keys(commands), 'help', 'version']
  const hint = other ? ` Did you mean countersign ${other}?` : suggestion(name, known, 'countersign ')
  throw new UsageError(`There is no command "${name}".${hint}`)
}

/** The command whose help may serve, if the line has one. */
function helpTopic([name = '']: readonly string[]): string {
  return Object.hasOwn(commands, name) ? ` ${name}` : ''
}
