import type { Tools } from '../../../app/tools.ts'
import { systemClock } from '../../../clock.ts'
import { addressFlags, command, group } from '../../command.ts'
import { CommandError } from '../../failure.ts'
import { hasDatabase, type SettingFlags, toolConfig, withTools } from '../../tools.ts'
import { inspect } from './inspect.ts'
import { reportJson, reportText } from './report.ts'
import { takeApart } from './take-apart.ts'

const help = `Usage: countersign token decode [TOKEN|-] [--json] [--data FOLDER]

Shows what a token says, who signed it, and what became of its session. Without
TOKEN, or with -, it is read from stdin. A token on a command line stays in the
history of the shell; that is for debugging.

  --json           for programs
  --data FOLDER    folder of the database, ./countersign-data if not given

The exit status is 0 only if one of this deployment's keys signed the token;
whether it has expired does not matter to that.`

const decode = command({
  name: 'token decode',
  help,
  flags: { ...addressFlags, json: { type: 'boolean' } },
  operands: ['[TOKEN]'],
  async run({ values, operands: [given = '-'], terminal }) {
    const token = (given === '-' ? await terminal.readAll() : given).trim().replace(/^Bearer\s+/i, '')
    const parts = takeApart(token)
    if (!parts) throw new CommandError('This is no JWT: three parts of base64url, with a dot between them.')
    const report = await withToolsIfAny(values, (tools) => inspect(parts, tools))
    terminal.print(values.json ? reportJson(report) : reportText(report, systemClock()))
    return report.signature === 'good' ? 0 : 1
  },
})

/** What can be told about a token. */
export const token = group('token', help, { decode })

/** A token can be read where no database is, only not judged. */
function withToolsIfAny<T>(flags: SettingFlags, work: (tools: Tools | undefined) => Promise<T>): Promise<T> {
  if (!hasDatabase(toolConfig(flags))) return work(undefined)
  return withTools({ flags, wanted: 'existing' }, work)
}
