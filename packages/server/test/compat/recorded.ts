import { findRecorded, recording } from '../contract/django.ts'
import { simplejwtTables } from '../contract/simplejwt/tables.ts'
import { tables } from '../contract/tables.ts'
import type { Case } from './case.ts'

/**
 * The cases that were recorded from Django, and those that the same tables have beside them.
 * @param env the settings of our server; a table that needs others is left out
 */
export function recordedCases(env: Readonly<Record<string, string>>): Case[] {
  return (env.COUNTERSIGN_SIMPLEJWT === undefined ? tables : simplejwtTables)
    .filter((table) => table.group in recording)
    .filter((table) => Object.entries(table.env ?? {}).every(([name, value]) => env[name] === value))
    .flatMap(({ group, title, rows }) =>
      rows.map((row) => ({
        kind: findRecorded(group, row) ? 'recorded' : 'beside the recorded',
        name: `${group}, ${title}: ${row.name}`,
        at: row.at,
        ...(row.send !== undefined && { send: row.send }),
        ...(row.deviation !== undefined && { deviation: row.deviation }),
      })),
    )
}
