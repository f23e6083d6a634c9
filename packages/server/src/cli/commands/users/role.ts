import type { AdminRole } from '../../../store/schema.ts'
import { setRole } from '../../../users/manage.ts'
import { command, dataFlag } from '../../command.ts'
import { UsageError } from '../../failure.ts'
import { withTools } from '../../tools.ts'
import { getUser } from './get-user.ts'
import { usersHelp } from './help.ts'

const roles: Readonly<Record<string, AdminRole | null>> = {
  ...{ owner: 'owner', admin: 'admin', support: 'support', auditor: 'auditor' },
  none: null,
}

/** Gives a user a role in the admin console, or takes it away. */
export const role = command({
  name: 'users role',
  help: usersHelp,
  flags: dataFlag,
  operands: ['NAME', 'ROLE'],
  async run({ values, operands: [who = '', word = ''], terminal }) {
    const wanted = Object.hasOwn(roles, word) ? roles[word] : undefined
    if (wanted === undefined) throw new UsageError(`ROLE is one of ${Object.keys(roles).join(', ')}.`)
    const { username, before } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const user = await getUser(tools, who)
      await setRole(tools, user, wanted)
      return { username: user.username, before: user.admin_role ?? 'none' }
    })
    terminal.print(`The role of ${username} is ${word}. It was ${before}.`)
    return 0
  },
})
