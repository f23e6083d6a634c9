import type { SessionRow, UserRow } from '../../../store/schema.ts'
import { command, dataFlag } from '../../command.ts'
import { withTools } from '../../tools.ts'
import { sessionJson, sessionsTable } from '../session-text.ts'
import { getUser } from './get-user.ts'
import { usersHelp } from './help.ts'
import { userJson, userText } from './user-text.ts'

/** One user with his live sessions. */
export const show = command({
  name: 'users show',
  help: usersHelp,
  flags: { ...dataFlag, json: { type: 'boolean' } },
  operands: ['NAME'],
  async run({ values, operands: [who = ''], terminal }) {
    const { user, sessions } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const found = await getUser(tools, who)
      return { user: found, sessions: await tools.store.listSessionsOfUser(found.id, tools.clock()) }
    })
    terminal.print(values.json ? jsonOf(user, sessions) : textOf(user, sessions))
    return 0
  },
})

function jsonOf(user: UserRow, sessions: readonly SessionRow[]): string {
  return JSON.stringify({
    ...userJson(user),
    sessions: sessions.map((session) => sessionJson(session, user.username)),
  })
}

function textOf(user: UserRow, sessions: readonly SessionRow[]): string {
  const listed = sessions.length === 0 ? 'No live sessions.' : sessionsTable(sessions, () => user.username)
  return `${userText(user)}\n\n${listed}`
}
