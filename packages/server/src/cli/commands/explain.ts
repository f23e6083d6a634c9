import type { Tools } from '../../app/tools.ts'
import { eventJson, personalOf } from '../../audit/trail/event-json.ts'
import { explanationOf, toldText, withoutRepeats } from '../../explain/explanation.ts'
import { factsOf } from '../../explain/facts.ts'
import type { AuditRow } from '../../store/schema.ts'
import { instantText } from '../../times.ts'
import { command, dataFlag } from '../command.ts'
import { CommandError } from '../failure.ts'
import { pairsText } from '../terminal/table.ts'
import { withTools } from '../tools.ts'

const help = `Usage: countersign explain REQUEST_ID [--json] [--data FOLDER]

Says why a request was refused: which rule refused it, what was compared by which
clock, what the client was told, and what you can do. REQUEST_ID is what the
client got as X-Request-Id, and what the log calls request_id.

A refresh that succeeds is in the log alone, and so is what a flood brought beyond
what the trail takes.

  --json           for programs: the events of the request, as audit list has them
  --data FOLDER    folder of the database, ./countersign-data if not given`

/** Why a request was refused. */
export const explain = command({
  name: 'explain',
  help,
  flags: { ...dataFlag, json: { type: 'boolean' } },
  operands: ['REQUEST_ID'],
  async run({ values, operands: [requestId = ''], terminal }) {
    const text = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const rows = (await tools.store.listEvents({ requestId, limit: mostEvents })).reverse()
      const [first] = rows
      if (!first) throw new CommandError(nothing(requestId))
      if (values.json) return JSON.stringify(rows.map(eventJson))
      const told = withoutRepeats(rows)
      return [head(first), ...(await Promise.all(told.map((row) => paragraph(tools, row))))].join('\n\n')
    })
    terminal.print(text)
    return 0
  },
})

/** A request leaves one or two. */
const mostEvents = 100

function nothing(requestId: string): string {
  return (
    `The trail has no event of a request ${requestId}. It keeps neither refreshes that succeed nor all of a flood, ` +
    'and nothing older than COUNTERSIGN_AUDIT_RETENTION: look into the log for this id.'
  )
}

function head(row: AuditRow): string {
  const { client_ip, device } = personalOf(row)
  const from = client_ip === undefined ? '' : `, from ${client_ip}${device ? ` (${device})` : ''}`
  return `Request ${row.request_id} at ${instantText(row.happened_at)}${from}`
}

async function paragraph({ store, config }: Tools, row: AuditRow): Promise<string> {
  const user = row.user_id === null ? undefined : await store.findUserById(row.user_id)
  const who = user?.username ?? row.user_id ?? 'nobody we know'
  const clock = config.database.kind === 'sqlite' ? 'this machine’s clock' : 'the database’s clock'
  const facts = factsOf(row, who, clock)
  const { why, todo } = explanationOf(facts)
  const about = [
    ['User', who],
    ['Session', row.session_id ?? ''],
  ] as const
  const pairs = [
    ['Event', `${row.event}, number ${row.number} of the trail`],
    ...about.filter(([, value]) => value !== '' && row.user_id !== null),
    ['Why', why],
    ['Answer', toldText(facts)],
    ['To do', todo],
  ] as const
  return pairsText(pairs)
}
