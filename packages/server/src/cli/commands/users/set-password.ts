import { setPassword } from '../../../users/manage.ts'
import { command, dataFlag } from '../../command.ts'
import { withTools } from '../../tools.ts'
import { endedText } from './ended-text.ts'
import { getUser } from './get-user.ts'
import { usersHelp } from './help.ts'
import { passwordFlag, readNewPassword, sayWarnings } from './new-user.ts'

/** Gives a user a new password and ends his sessions. */
export const setPasswordCommand = command({
  name: 'users set-password',
  help: usersHelp,
  flags: { ...dataFlag, ...passwordFlag },
  operands: ['NAME'],
  async run({ values, operands: [who = ''], terminal }) {
    const { username, ended } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const user = await getUser(tools, who)
      const password = await readNewPassword(terminal, values)
      const { warnings } = await tools.policy.check(password, user)
      const count = await setPassword(tools, user, password)
      sayWarnings(terminal, warnings)
      return { username: user.username, ended: count }
    })
    terminal.print(`Changed the password of ${username}. ${endedText(ended)}`)
    return 0
  },
})
