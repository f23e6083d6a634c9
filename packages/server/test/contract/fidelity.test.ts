import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deviationTable, listDeviations } from './compatibility.ts'
import { caseName, findRecorded, isAsRecorded, recording } from './django.ts'
import type { Group } from './scenario.ts'
import { tables } from './tables.ts'

const rows = tables.flatMap(({ group, title, rows }) => rows.map((row) => ({ group, title, row })))

describe('the recording of Django', () => {
  test.each(Object.keys(recording) as Group[])('each case of %s is in a table', (group) => {
    const named = new Set(rows.filter((one) => one.group === group).map(({ row }) => caseName(row.name)))
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

describe('docs/compatibility.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/compatibility.md'), 'utf8')

  test('has every deviation, and none that is no longer one', () => {
    expect(
      page.includes(deviationTable()),
      'run: node packages/server/test/contract/write-compatibility.ts',
    ).toBe(true)
    expect(page.match(/^\|/gm)?.length).toBe(deviationTable().split('\n').length)
  })

  test('every deviation tells what Django answers, what we answer, and why', () => {
    for (const { django, ours, reason } of listDeviations()) {
      expect(django).not.toBe('')
      expect(ours).not.toBe(django)
      expect(reason.length).toBeGreaterThan(20)
    }
  })
})
