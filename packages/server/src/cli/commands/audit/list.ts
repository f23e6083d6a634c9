import type { Tools } from '../../../app/tools.ts'
import { eventJson } from '../../../audit/trail/event-json.ts'
import type { AuditFilter } from '../../../store/port/trail.ts'
import type { AuditRow } from '../../../store/schema.ts'
import { command, dataFlag } from '../../command.ts'
import { UsageError } from '../../failure.ts'
import { readPage } from '../../page.ts'
import { withTools } from '../../tools.ts'
import { getUser } from '../users/get-user.ts'
import { eventsTable } from './event-text.ts'
import { auditHelp } from './help.ts'
import { readSince } from './since.ts'

const texts = ['user', 'event', 'request', 'since', 'limit', 'before'] as const
const textFlags = Object.fromEntries(texts.map((name) => [name, { type: 'string' }])) as Record<
  (typeof texts)[number],
  { type: 'string' }
>

/** A page of events, newest first. */
export const list = command({
  name: 'audit list',
  help: auditHelp,
  flags: { ...dataFlag, ...textFlags, json: { type: 'boolean' } },
  async run({ values, terminal }) {
    const { limit } = readPage(values)
    const before = readNumber(values.before)
    const { rows, names } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const { user, event, request: requestId } = values
      const userId = user === undefined ? undefined : await findUserId(tools, user)
      const since = readSince(values.since, tools.clock())
      const found = await newest(tools, { before, limit, event, requestId, userId }, since)
      return { rows: found, names: await usernames(tools, found) }
    })
    if (values.json) {
      terminal.print(JSON.stringify(rows.map(eventJson)))
      return 0
    }
    if (rows.length === 0) terminal.say('No such events.')
    else terminal.print(eventsTable(rows, (id) => names.get(id) ?? id))
    if (rows.length === limit) {
      terminal.say(`There may be more: countersign audit list --before ${rows.at(-1)?.number}`)
    }
    return 0
  },
})

function readNumber(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,14}$/.test(text)) return text === undefined ? undefined : Number(text)
  throw new UsageError('--before is the number of an event.')
}

/** Of a user who is gone his id still leads to what he did. */
async function findUserId(tools: Tools, who: string): Promise<string> {
  const [known] = await tools.store.listEvents({ userId: who, limit: 1 })
  return known ? who : (await getUser(tools, who)).id
}

/** Processes write what they gathered one after the other, so instants are in order but for so long. */
const disorderMs = 3_600_000

const pageSize = 500

async function newest({ store }: Tools, filter: AuditFilter, since: number): Promise<AuditRow[]> {
  const found: AuditRow[] = []
  let { before } = filter
  for (;;) {
    const page = await store.listEvents({ ...filter, before, limit: since > 0 ? pageSize : filter.limit })
    found.push(...page.filter(({ happened_at }) => happened_at >= since))
    const last = page.at(-1)
    const isOver = !last || last.happened_at < since - disorderMs
    if (since === 0 || isOver || found.length >= filter.limit) return found.slice(0, filter.limit)
    before = last.number
  }
}

async function usernames({ store }: Tools, rows: readonly AuditRow[]): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (const id of new Set(rows.flatMap(({ user_id }) => user_id ?? []))) {
    const user = await store.findUserById(id)
    if (user) names.set(id, user.username)
  }
  return names
}
