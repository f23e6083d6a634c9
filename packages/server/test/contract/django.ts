import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Group, Scenario } from './scenario.ts'

/** What a real Django server answered (Django REST framework 3.14, simplejwt 5.2; `logout` is a project's own view). */
export interface RecordedAnswer {
  request: string
  status: number
  allow?: string
  location?: string
  /** with `<user>` and `<jwt>` for what differs each time, `<html page>` for any page */
  body: string
}

type Recording = Readonly<Partial<Record<Group, Readonly<Record<string, RecordedAnswer>>>>>

/** Every recorded case, by group and name. */
export const recording = JSON.parse(
  readFileSync(join(import.meta.dirname, 'django.json'), 'utf8'),
) as Recording

/** A case's name without the ids of requirements in front of it. */
export function caseName(name: string): string {
  return name.replace(/^(?:[A-Z]\d\d,? ?)+: /, '')
}

/** What Django answered to the scenario's request; undefined where it was not asked. */
export function findRecorded(group: Group, { name }: Scenario): RecordedAnswer | undefined {
  return recording[group]?.[caseName(name)]
}

/** Whether the scenario's answer is the recorded one; more members in a success are no difference. */
export function isAsRecorded(group: Group, row: Scenario, recorded: RecordedAnswer): boolean {
  if (recorded.status !== row.status) return false
  if (recorded.body === row.body) return true
  if (row.status >= 300 || recorded.body === '<html page>' || row.body === undefined) return false
  return isOwnChoice(group, row) || hasMembers(JSON.parse(row.body), JSON.parse(recorded.body))
}

/** Whether it is the recorded one to the byte, but for what each project shows as it likes. */
export function isExactlyAsRecorded(group: Group, row: Scenario, recorded: RecordedAnswer): boolean {
  if (row.status < 300 && isOwnChoice(group, row)) return isAsRecorded(group, row, recorded)
  return recorded.status === row.status && recorded.body === row.body
}

/** Django leaves it to each project what a registration and a guarded page show. */
function isOwnChoice(group: Group, { at }: Scenario): boolean {
  return group === 'register' || (group === 'protected' && at.startsWith('GET'))
}

function hasMembers(ours: Record<string, unknown>, django: Record<string, unknown>): boolean {
  return Object.entries(django).every(([name, value]) => JSON.stringify(ours[name]) === JSON.stringify(value))
}
