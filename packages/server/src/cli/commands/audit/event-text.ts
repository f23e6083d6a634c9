import { detailsOf, personalOf } from '../../../audit/trail/event-json.ts'
import type { AuditRow } from '../../../store/schema.ts'
import { instantText } from '../../../times.ts'
import { tableText } from '../../terminal/table.ts'

/** @param nameOf the user of that id, as an operator knows him */
export function eventsTable(rows: readonly AuditRow[], nameOf: (userId: string) => string): string {
  const cells = rows.map((row) => {
    const { reason, rule, about } = detailsOf(row)
    const why = [reason ?? rule ?? about ?? row.code ?? '-']
    const from = row.actor_id ?? personalOf(row).client_ip ?? '-'
    const who = row.user_id === null ? '-' : nameOf(row.user_id)
    const when = instantText(row.happened_at)
    return [String(row.number), when, row.event, row.result, ...why, who, from, row.request_id ?? '-']
  })
  return tableText([['NUMBER', 'TIME', 'EVENT', 'RESULT', 'WHY', 'USER', 'FROM', 'REQUEST'], ...cells])
}
