import type { Setting } from '../config/setting.ts'
import { settings } from '../config/settings.ts'

/** What the program can do, on one screen. */
export const usage = `Usage: countersign COMMAND [ARGUMENTS]

A self-hosted authentication server: register, log in, refresh, log out,
protect a route.

Serve
  dev               run for development; what is missing is made
  start             run for production; what is unsafe is refused

Operate
  status            say where everything is, and whether a server answers
  healthcheck       whether a server is ready, in one line
  doctor            examine settings, database, keys and this machine
  migrate           create the database, or bring it up to this version
  backup FILE       copy the database, also while a server uses it
  copy              move a whole deployment to another database
  import            users from a Django project, from a file, from other systems
  export [FILE]     all users with their password hashes, as import reads them

Manage
  createsuperuser   create an administrator, as Django's command of that name
  users             create, list, show, disable, enable, delete, set-password,
                    hashes
  sessions          list, revoke
  keys              list, rotate, revoke
  mail              list, show, retry, test, preview
  token             decode
  audit             list, verify, export: what happened, and that nobody changed it
  webhooks          test, replay
  explain ID        say why a request was refused

  help COMMAND      say more about a command; help settings lists all settings
  version           say which version this is

Results go to stdout and talk to stderr. The exit status is 0 for success, 1 for
failure, 2 for a command line that makes no sense.`

/** Every setting with its default, made from the table that the server reads. */
export function settingsHelp(): string {
  const entries = Object.values<Setting<unknown>>(settings).map((setting) => {
    const { env, flag, secret, default: usual, productionDefault, doc } = setting
    const names = [env, secret && `${env}_FILE`, flag && `--${flag}`].filter(Boolean).join(', ')
    const defaults = usual
      ? ` = ${usual}${productionDefault ? ` (production: ${productionDefault})` : ''}`
      : ''
    return `${names}${defaults}\n${wrapped(doc)}`
  })
  return `Settings come from the environment; a flag wins over it.\n\n${entries.join('\n\n')}`
}

const width = 80

function wrapped(text: string): string {
  const lines = ['   ']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + 1 + word.length > width) lines.push(`    ${word}`)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines.join('\n')
}
