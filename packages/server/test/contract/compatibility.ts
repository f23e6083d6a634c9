import type { MadeParts } from '../docs/made-parts.ts'
import { caseName, findRecorded } from './django.ts'
import type { Scenario, ScenarioTable } from './scenario.ts'
import { simplejwtTables } from './simplejwt/tables.ts'
import { tables } from './tables.ts'

/** A case in which we answer otherwise than Django, as docs/compatibility.md tells it. */
export interface Deviation {
  where: string
  name: string
  django: string
  ours: string
  reason: string
}

/** Every deviation of the wire contract, in the order of its tables. */
export function listDeviations(tables: readonly ScenarioTable[]): Deviation[] {
  return tables.flatMap((table) => table.rows.flatMap((row) => deviationOf(table, row) ?? []))
}

function deviationOf({ group, title }: ScenarioTable, row: Scenario): Deviation | undefined {
  if (row.deviation === undefined) return undefined
  const recorded = findRecorded(group, row)
  const name = caseName(row.name)
  return {
    where: group === 'protected' ? 'guarded routes' : group,
    name: title === 'in development' ? `${name}, ${title}` : name,
    django: row.django ?? (recorded ? shown(recorded.status, recorded.body, recorded.location) : ''),
    ours: shown(row.status, row.body ?? ''),
    reason: row.deviation,
  }
}

const longest = 260

function shown(status: number, body: string, location?: string): string {
  if (location !== undefined) return `${status} to \`${location}\``
  if (body === '<html page>') return `${status}, HTML page`
  const text = body.length > longest ? `${body.slice(0, longest)}…` : body
  return text === '' ? String(status) : `${status} \`${text}\``
}

/** The made parts of docs/compatibility.md: what deviates as we are, and what does under the profile. */
export function deviationParts(): MadeParts {
  return new Map([
    ['deviations', deviationTable(tables)],
    ['deviations under simplejwt', deviationTable(simplejwtTables)],
  ])
}

/** The deviations as the rows of one Markdown table; cases that differ in their name alone share a row. */
export function deviationTable(of: readonly ScenarioTable[] = [...tables, ...simplejwtTables]): string {
  const byRow = Map.groupBy(listDeviations(of), ({ where, django, ours, reason }) =>
    [where, django, ours, reason].join('\n'),
  )
  const rows = [...byRow.values()].map((group) => {
    const names = [...new Set(group.map(({ name }) => name))].join('; ')
    const [{ where, django, ours, reason } = {}] = group
    return [`${where}: ${names}`, django, ours, reason].map(cell).join(' | ')
  })
  const head = ['| case | Django | Countersign | why |', '|---|---|---|---|']
  return [...head, ...rows.map((row) => `| ${row} |`)].join('\n')
}

function cell(text = ''): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
