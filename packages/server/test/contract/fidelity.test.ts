import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { madePartsOf, withMadeParts } from '../docs/made-parts.ts'
import { deviationParts, listDeviations } from './compatibility.ts'
import { caseName, findRecorded, isAsRecorded, isExactlyAsRecorded, recording } from './django.ts'
import type { Group, ScenarioTable } from './scenario.ts'
import { simplejwtTables } from './simplejwt/tables.ts'
import { tables } from './tables.ts'

const rowsOf = (of: readonly ScenarioTable[]) =>
  of.flatMap(({ group, title, rows }) => rows.map((row) => ({ group, title, row })))
const rows = rowsOf(tables)
const simplejwtRows = rowsOf(simplejwtTables)

describe('the recording of Django', () => {
  test.each(Object.keys(recording) as Group[])('each case of %s is in a table', (group) => {
    const named = new Set(
      [...rows, ...simplejwtRows].filter((one) => one.group === group).map(({ row }) => caseName(row.name)),
    )
    expect(Object.keys(recording[group] ?? {}).filter((name) => !named.has(name))).toEqual([])
  })

  test.each(rows)('$group, $title: $row.name is as recorded, or says why not', ({ group, row }) => {
    const recorded = findRecorded(group, row)
    if (!recorded) return expect(row.deviation === undefined).toBe(row.django === undefined)
    expect({ deviates: row.deviation !== undefined }).toEqual({
      deviates: !isAsRecorded(group, row, recorded),
    })
  })
})

describe('the recording of simplejwt, under its profile', () => {
  test.each(simplejwtRows)('$group, $title: $row.name is as recorded to the byte, or says why not', (one) => {
    const { group, row } = one
    const recorded = findRecorded(group, row)
    if (!recorded) return expect(row.deviation === undefined).toBe(row.django === undefined)
    expect({ deviates: row.deviation !== undefined }).toEqual({
      deviates: !isExactlyAsRecorded(group, row, recorded),
    })
  })
})

describe('docs/compatibility.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/compatibility.md'), 'utf8')

  test('has every deviation, and none that is no longer one', () => {
    const made = deviationParts()
    expect(madePartsOf(page).sort()).toEqual([...made.keys()].sort())
    expect(page, 'run: node packages/server/test/contract/write-compatibility.ts').toBe(
      withMadeParts(page, made),
    )
  })

  test('every deviation tells what Django answers, what we answer, and why', () => {
    for (const { django, ours, reason } of listDeviations([...tables, ...simplejwtTables])) {
      expect(django).not.toBe('')
      expect(ours).not.toBe(django)
      expect(reason.length).toBeGreaterThan(20)
    }
  })
})
