import { disableUser, enableUser } from '../../../users/manage.ts'
import { command, dataFlag } from '../../command.ts'
import { withTools } from '../../tools.ts'
import { endedText } from './ended-text.ts'
import { getUser } from './get-user.ts'
import { usersHelp } from './help.ts'

/** Locks a user out and ends his sessions. */
export const disable = command({
  name: 'users disable',
  help: usersHelp,
  flags: dataFlag,
  operands: ['NAME'],
  async run({ values, operands: [who = ''], terminal }) {
    const { username, ended } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const user = await getUser(tools, who)
      return { username: user.username, ended: await disableUser(tools, user) }
    })
    terminal.print(`Disabled ${username}. ${endedText(ended)}`)
    return 0
  },
})

/** Lets a disabled user log in again. */
export const enable = command({
  name: 'users enable',
  help: usersHelp,
  flags: dataFlag,
  operands: ['NAME'],
  async run({ values, operands: [who = ''], terminal }) {
    const { username } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const user = await getUser(tools, who)
      await enableUser(tools, user)
      return user
    })
    terminal.print(`Enabled ${username}.`)
    return 0
  },
})
