import type { Config } from '../config/config.ts'
import type { Problem } from '../config/problem.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** Whether production would take the settings as they are. */
export function examineSettings({ refusedByStart }: Pick<Config, 'refusedByStart'>): Finding[] {
  if (refusedByStart.length === 0) return [ok('settings', 'countersign start accepts them')]
  return refusedByStart.map(({ what, remedy }) =>
    warning('settings', `countersign start refuses: ${what}`, remedy),
  )
}

/** What is wrong with settings that cannot be used at all. */
export function unusableSettings(problems: readonly Problem[]): Finding[] {
  return problems.map(({ what, remedy }) => problem('settings', what, remedy))
}
