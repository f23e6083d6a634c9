import { canonicalName } from '../../../users/names.ts'
import { command, dataFlag } from '../../command.ts'
import { pageFlags, readPage } from '../../page.ts'
import { withTools } from '../../tools.ts'
import { usersHelp } from './help.ts'
import { userJson, usersTable } from './user-text.ts'

/** A page of users, oldest first. */
export const list = command({
  name: 'users list',
  help: usersHelp,
  flags: { ...dataFlag, ...pageFlags, search: { type: 'string' }, json: { type: 'boolean' } },
  async run({ values, terminal }) {
    const { limit, after } = readPage(values)
    const search = values.search === undefined ? undefined : canonicalName(values.search)
    const found = await withTools({ flags: values, wanted: 'existing' }, ({ store }) =>
      store.listUsers({ limit, after, search }),
    )
    if (values.json) {
      terminal.print(JSON.stringify(found.map(userJson)))
      return 0
    }
    if (found.length === 0) terminal.say(search === undefined ? 'No users.' : 'No such user.')
    else terminal.print(usersTable(found))
    if (found.length === limit) {
      terminal.say(`There may be more: countersign users list --after ${found.at(-1)?.id}`)
    }
    return 0
  },
})
