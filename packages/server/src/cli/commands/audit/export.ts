import type { Tools } from '../../../app/tools.ts'
import { eventJson } from '../../../audit/trail/event-json.ts'
import { command, dataFlag } from '../../command.ts'
import { UsageError } from '../../failure.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { withTools } from '../../tools.ts'
import { auditHelp } from './help.ts'
import { readSince } from './since.ts'

/** Every event that is kept, oldest first. */
export const exportCommand = command({
  name: 'audit export',
  help: auditHelp,
  flags: { ...dataFlag, since: { type: 'string' }, format: { type: 'string' } },
  async run({ values, terminal }) {
    if (values.format !== undefined && values.format !== 'ndjson') throw new UsageError('--format is ndjson.')
    await withTools({ flags: values, wanted: 'existing' }, (tools) => print(tools, values.since, terminal))
    return 0
  },
})

const pageSize = 500

async function print({ store, clock }: Tools, when: string | undefined, terminal: Terminal): Promise<void> {
  const since = readSince(when, clock())
  let after = 0
  for (;;) {
    const rows = await store.readEvents({ after, limit: pageSize })
    for (const row of rows) if (row.happened_at >= since) terminal.print(JSON.stringify(eventJson(row)))
    const last = rows.at(-1)
    if (!last) return
    after = last.number
  }
}
