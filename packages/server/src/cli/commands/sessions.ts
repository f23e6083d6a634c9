import type { Tools } from '../../app/tools.ts'
import type { Page } from '../../store/port/lists.ts'
import type { SessionRow, UserRow } from '../../store/schema.ts'
import { command, dataFlag, group } from '../command.ts'
import { CommandError, UsageError } from '../failure.ts'
import { pageFlags, readPage } from '../page.ts'
import { withTools } from '../tools.ts'
import { sessionJson, sessionsTable } from './session-text.ts'
import { getUser } from './users/get-user.ts'

const help = `Usage: countersign sessions list [--user NAME|ID] [--limit N] [--after ID] [--json]
       countersign sessions revoke ID
       countersign sessions revoke --user NAME|ID
       countersign sessions revoke --all

list     live sessions, newest first: who, on what, since when
revoke   end one session, all of a user, or all there are (after a backup was
         restored); a running server refuses their tokens within a second

  --user NAME|ID   sessions of this user only
  --limit N        at most so many, 50 if not given
  --after ID       go on after this session, the last one of the page before
  --json           for programs: an array of objects
  --data FOLDER    folder of the database, ./countersign-data if not given`

const list = command({
  name: 'sessions list',
  help,
  flags: { ...dataFlag, ...pageFlags, user: { type: 'string' }, json: { type: 'boolean' } },
  async run({ values, terminal }) {
    const { limit, after } = readPage(values)
    const { sessions, names } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const page = { limit, after }
      const found = values.user
        ? await sessionsOf(tools, await getUser(tools, values.user), page)
        : await liveSessions(tools, page)
      return { sessions: found, names: await usernames(tools, found) }
    })
    if (values.json) {
      terminal.print(JSON.stringify(sessions.map((session) => sessionJson(session, nameOf(session, names)))))
      return 0
    }
    if (sessions.length === 0) terminal.say('No live sessions.')
    else terminal.print(sessionsTable(sessions, (session) => nameOf(session, names)))
    if (sessions.length === limit) {
      terminal.say(`There may be more: countersign sessions list --after ${sessions.at(-1)?.id}`)
    }
    return 0
  },
})

const revoke = command({
  name: 'sessions revoke',
  help,
  flags: { ...dataFlag, user: { type: 'string' }, all: { type: 'boolean' } },
  operands: ['[ID]'],
  async run({ values, operands: [id], terminal }) {
    const { user, all } = values
    if ([id, user, all].filter((one) => one !== undefined).length !== 1) {
      throw new UsageError('Name one session by its ID, all of a user with --user NAME, or --all.')
    }
    terminal.print(
      await withTools({ flags: values, wanted: 'existing' }, (tools) => {
        if (id !== undefined) return revokeOne(tools, id)
        return user === undefined ? revokeAll(tools) : revokeOfUser(tools, user)
      }),
    )
    return 0
  },
})

/** What an operator sees and ends of the sessions. */
export const sessions = group('sessions', help, { list, revoke })

async function revokeOne({ store, clock, audit }: Tools, sessionId: string): Promise<string> {
  const session = await store.findSession(sessionId)
  switch (await store.endSession({ sessionId, now: clock(), reason: 'operator' })) {
    case 'ended':
      recordEnd(audit, session)
      return `Ended session ${sessionId}.`
    case 'already_ended':
      return `Session ${sessionId} had ended before.`
    case 'missing':
      throw new CommandError(`There is no session ${sessionId}.`)
  }
}

async function revokeOfUser(tools: Tools, who: string): Promise<string> {
  const { id: userId, username } = await getUser(tools, who)
  const ended = await tools.store.endSessionsOfUser({ userId, now: tools.clock(), reason: 'operator' })
  if (ended.length > 0) tools.audit.record('session.revoked', { user_id: userId, count: ended.length })
  return `Ended ${ended.length === 1 ? 'one session' : `${ended.length} sessions`} of ${username}.`
}

/** Sessions that are opened meanwhile are newer, and stay. */
async function revokeAll({ store, clock, audit }: Tools): Promise<string> {
  let ended = 0
  let after: string | undefined
  do {
    const page = await store.listSessions({ after, limit: pageSize })
    const live = page.filter(({ revoked_at }) => revoked_at === null)
    const end = ({ id: sessionId }: SessionRow) =>
      store.endSession({ sessionId, now: clock(), reason: 'operator' })
    const outcomes = await Promise.all(live.map(end))
    ended += outcomes.filter((outcome) => outcome === 'ended').length
    after = page.length < pageSize ? undefined : page.at(-1)?.id
  } while (after !== undefined)
  if (ended > 0) audit.record('session.revoked', { reason: 'all', count: ended })
  return `Ended ${ended === 1 ? 'one session' : `${ended} sessions`}.`
}

function recordEnd(audit: Tools['audit'], session: SessionRow | undefined): void {
  const { id, user_id } = session ?? {}
  audit.record('session.revoked', { ...(user_id && { user_id }), ...(id && { session_id: id }), count: 1 })
}

/** A user has so few that one reading has them all. */
async function sessionsOf(
  { store, clock }: Tools,
  user: UserRow,
  { limit, after }: Page,
): Promise<SessionRow[]> {
  const live = await store.listSessionsOfUser(user.id, clock())
  return live.filter(({ id }) => after === undefined || id < after).slice(0, limit)
}

const pageSize = 500

/** The table also holds sessions that have ended and are not yet cleaned up. */
async function liveSessions({ store, clock }: Tools, { limit, after }: Page): Promise<SessionRow[]> {
  const now = clock()
  const live: SessionRow[] = []
  let from = after
  while (live.length < limit) {
    const page = await store.listSessions({ after: from, limit: pageSize })
    live.push(...page.filter((session) => session.revoked_at === null && session.expires_at > now))
    from = page.at(-1)?.id
    if (page.length < pageSize) break
  }
  return live.slice(0, limit)
}

async function usernames({ store }: Tools, sessions: readonly SessionRow[]): Promise<Map<string, string>> {
  const ids = new Set(sessions.flatMap(({ user_id }) => user_id ?? []))
  const names = new Map<string, string>()
  for (const id of ids) names.set(id, (await store.findUserById(id))?.username ?? '')
  return names
}

function nameOf({ user_id }: SessionRow, names: ReadonlyMap<string, string>): string {
  return names.get(user_id ?? '') ?? ''
}
