import { deleteUser } from '../../../users/manage.ts'
import { command, dataFlag } from '../../command.ts'
import { CommandError } from '../../failure.ts'
import { isConfirmed } from '../../terminal/terminal.ts'
import { withTools } from '../../tools.ts'
import { endedText } from './ended-text.ts'
import { getUser } from './get-user.ts'
import { usersHelp } from './help.ts'

/** Removes a user for good. */
export const deleteCommand = command({
  name: 'users delete',
  help: usersHelp,
  flags: { ...dataFlag, yes: { type: 'boolean' } },
  operands: ['NAME'],
  async run({ values, operands: [who = ''], terminal }) {
    const { username, ended } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const user = await getUser(tools, who)
      const question = `Delete ${user.username} (id ${user.id}) for good?`
      if (!values.yes && !(await isConfirmed(terminal, question)))
        throw new CommandError('Nothing was deleted.')
      return { username: user.username, ended: await deleteUser(tools, user) }
    })
    terminal.print(`Deleted ${username}. ${endedText(ended)}`)
    return 0
  },
})
