import { createUser } from '../../../users/register.ts'
import { command, dataFlag } from '../../command.ts'
import { CommandError } from '../../failure.ts'
import { withTools } from '../../tools.ts'
import { usersHelp } from './help.ts'
import { newEmailFault, newUsernameFault, passwordFlag, readNewPassword, sayWarnings } from './new-user.ts'

/** A user, made by an operator; the password policy holds for him too. */
export const create = command({
  name: 'users create',
  help: usersHelp,
  flags: {
    ...dataFlag,
    ...passwordFlag,
    email: { type: 'string' },
    staff: { type: 'boolean' },
    superuser: { type: 'boolean' },
  },
  operands: ['NAME'],
  async run({ values, operands: [username = ''], terminal }) {
    const email = values.email?.trim() ?? ''
    const fault = newUsernameFault(username) ?? newEmailFault(email)
    if (fault) throw new CommandError(fault)
    const password = await readNewPassword(terminal, values)
    const { staff: isStaff = false, superuser: isSuperuser = false } = values
    const user = await withTools({ flags: values, wanted: 'created' }, async (tools) => {
      const created = await createUser(tools, { username, email, password, isStaff, isSuperuser })
      tools.audit.record('user.created', { user_id: created.id })
      return created
    })
    sayWarnings(terminal, user.warnings)
    terminal.print(`Created ${user.username}, id ${user.id}.`)
    return 0
  },
})
