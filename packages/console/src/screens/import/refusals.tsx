import { useState } from 'preact/hooks'
import type { ImportReport } from '../../api/answers.ts'
import { Card } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { csvText } from './csv.ts'

type Refusal = ImportReport['refusals'][number]

const columns: readonly Column<Refusal>[] = [
  { id: 'row', title: text.import.row, align: 'right', cell: ({ row }) => row },
  { id: 'name', title: text.import.name, cell: ({ username }) => username ?? text.none },
  {
    id: 'reason',
    title: text.import.reason,
    isWide: true,
    cell: ({ reason }) => <Badge tone="bad">{text.import.reasons[reason]}</Badge>,
  },
  {
    id: 'detail',
    title: text.import.detail,
    isLong: true,
    cell: ({ detail }) => <span class="wrap-anywhere">{detail}</span>,
  },
]

const pageRows = 50

/** The rows that are refused, with the reason of each: to be mended at the source. */
export function Refusals({ report: { refusals, counts } }: { report: ImportReport }) {
  const [shown, setShown] = useState(pageRows)
  const all = counts.refused ?? 0
  if (all === 0) return <p class="text-sm text-soft">{text.import.noRefusals}</p>
  const title =
    all > refusals.length
      ? `${text.import.refusals}: ${text.import.firstRefusals(refusals.length, all)}`
      : text.import.refusals
  return (
    <Card title={title} acts={<Button onClick={() => save(refusals)}>{text.import.download}</Button>}>
      <Table
        caption={text.import.refusals}
        columns={columns}
        rows={refusals.slice(0, shown)}
        idOf={({ row }) => String(row)}
        nameOf={({ row }) => `${text.import.row} ${row}`}
        empty={null}
        more={
          shown < refusals.length ? { isBusy: false, onMore: () => setShown(shown + pageRows) } : undefined
        }
      />
    </Card>
  )
}

/** Hands them over as a file. */
function save(refusals: readonly Refusal[]): void {
  const lines = refusals.map(({ row, username, reason, detail }) => [row, username ?? '', reason, detail])
  const csv = csvText([['row', 'username', 'reason', 'detail'], ...lines])
  const address = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }))
  Object.assign(document.createElement('a'), { href: address, download: 'refused.csv' }).click()
  URL.revokeObjectURL(address)
}
