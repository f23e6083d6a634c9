import { group } from '../../command.ts'
import { create } from './create.ts'
import { deleteCommand } from './delete.ts'
import { hashes } from './hashes.ts'
import { usersHelp } from './help.ts'
import { list } from './list.ts'
import { role } from './role.ts'
import { setPasswordCommand } from './set-password.ts'
import { show } from './show.ts'
import { disable, enable } from './switch.ts'

/** What an operator sees and does of the users. */
export const users = group('users', usersHelp, {
  list,
  show,
  create,
  disable,
  enable,
  delete: deleteCommand,
  'set-password': setPasswordCommand,
  role,
  hashes,
})
