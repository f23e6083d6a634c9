import type { Tools } from '../../../app/tools.ts'
import type { UserRow } from '../../../store/schema.ts'
import { findUsers } from '../../../users/manage.ts'
import { CommandError } from '../../failure.ts'

/**
 * The user whom an operator names, by name or by id.
 * @throws CommandError for nobody; also for two, since a name may be registered that is another user's id
 */
export async function getUser(tools: Pick<Tools, 'store'>, who: string): Promise<UserRow> {
  const [user, other] = await findUsers(tools, who)
  if (!user) throw new CommandError(`There is no user "${who}".`)
  if (!other) return user
  throw new CommandError(
    `"${who}" is the name of one user and the id of another. ` +
      `Say the id of the first, ${user.id}, or the name of the second, ${other.username}.`,
  )
}
