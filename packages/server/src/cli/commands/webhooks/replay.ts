import { webhookOptions } from '../../../app/rooms.ts'
import type { Tools } from '../../../app/tools.ts'
import type { AuditRow } from '../../../store/schema.ts'
import { isWanted } from '../../../webhooks/message.ts'
import { replayTo } from '../../../webhooks/receivers.ts'
import { command, dataFlag } from '../../command.ts'
import { CommandError, UsageError } from '../../failure.ts'
import { withTools } from '../../tools.ts'
import { readSince } from '../audit/since.ts'
import { webhooksHelp } from './help.ts'
import { getReceivers } from './receivers.ts'

/** Posts events once more. */
export const replay = command({
  name: 'webhooks replay',
  help: webhooksHelp,
  flags: { ...dataFlag, since: { type: 'string' }, id: { type: 'string' } },
  async run({ values: { since, id, ...flags }, terminal }) {
    if ((since === undefined) === (id === undefined)) throw new UsageError('Say --since WHEN or --id ID.')
    const results = await withTools({ flags, wanted: 'existing' }, async (tools) => {
      const choice = choose(tools, { since, id })
      return Promise.all(getReceivers(tools).map((receiver) => replayTo(receiver, tools.store, choice)))
    })
    if (results.every(({ sent, fault }) => sent === 0 && fault === undefined)) {
      throw new CommandError('There are no such events in the trail.')
    }
    for (const { name, sent, fault } of results) {
      const took = `${name} took ${sent === 1 ? 'one event' : `${sent} events`}`
      terminal.print(fault === undefined ? `${took}.` : `${took}, and not the next: ${fault}.`)
    }
    return results.every(({ fault }) => fault === undefined) ? 0 : 1
  },
})

type Choice = (row: AuditRow) => boolean

function choose(
  { config, clock }: Tools,
  { since, id }: { since?: string | undefined; id?: string | undefined },
): Choice {
  if (id !== undefined) return (row) => row.id === id
  const from = readSince(since, clock())
  const { events } = webhookOptions(config)
  return ({ happened_at, event }) => happened_at >= from && isWanted(events, event)
}
