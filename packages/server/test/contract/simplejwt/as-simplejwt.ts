import { caseName, findRecorded } from '../django.ts'
import type { Scenario, ScenarioTable } from '../scenario.ts'

/** How the rows of a table end under the profile, by case; all others end as recorded. */
export type Changes = Readonly<Record<string, Pick<Scenario, 'status' | 'body' | 'deviation' | 'django'>>>

const native = '{"access":"<jwt>","refresh":"<jwt>","access_expires_in":900,"refresh_expires_in":604800}'

/** What a refresh answers under the profile. */
export const refreshPair = '{"access":"<jwt>","refresh":"<jwt>"}'
const loginPair = '{"refresh":"<jwt>","access":"<jwt>"}'

/**
 * A table of ours as a server that speaks as simplejwt 5.2 answers it. What deviates natively deviates here for the same
 * reason, unless `changes` says how.
 */
export function asSimplejwt(table: ScenarioTable, changes: Changes = {}): ScenarioTable {
  const { group, title, env, rows } = table
  const missing = Object.keys(changes).filter((name) => !rows.some((row) => caseName(row.name) === name))
  if (missing.length > 0) throw new Error(`no such case: ${missing.join(', ')}`)
  return {
    ...{ group, title: `${title}, as simplejwt 5.2` },
    env: { ...env, COUNTERSIGN_SIMPLEJWT: '5.2' },
    rows: rows.map((row) => {
      const change = changes[caseName(row.name)]
      return change ? { ...bare(row), ...change } : asRecorded(group, row)
    }),
  }
}

function bare({ deviation: _, django: __, ...row }: Scenario): Scenario {
  return row
}

function asRecorded(group: ScenarioTable['group'], row: Scenario): Scenario {
  const pair = row.at.includes('/refresh') ? refreshPair : loginPair
  const spoken = row.body === undefined ? row : { ...row, body: row.body.replace(native, pair) }
  const recorded = findRecorded(group, row)
  const isProjects = group === 'register' || (group === 'protected' && row.status < 300)
  if (!recorded || row.deviation !== undefined || isProjects) return spoken
  return { ...spoken, status: recorded.status, body: recorded.body }
}
