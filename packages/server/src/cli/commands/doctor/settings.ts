import { type Config, ConfigError, loadConfig } from '../../../config/config.ts'
import type { Problem } from '../../../config/problem.ts'
import { type SettingFlags, toolConfig } from '../../tools.ts'
import { type Finding, finding } from './finding.ts'

/** What is wrong with the settings; without a usable `config` nothing else can be examined. */
export function examineSettings(flags: SettingFlags): { config?: Config; findings: Finding[] } {
  const { config, problems } = load(() => toolConfig(flags))
  if (!config) return { findings: problems.map((problem) => told('fail', '', problem)) }
  const { data, port, host } = flags
  const production = load(() => loadConfig({ mode: 'start', flags: { data, port, host } }))
  if (production.config) {
    return { config, findings: [finding('settings', 'ok', 'countersign start accepts them')] }
  }
  const findings = production.problems.map((problem) => told('warn', 'countersign start refuses: ', problem))
  return { config, findings }
}

function load(read: () => Config): { config?: Config; problems: readonly Problem[] } {
  try {
    return { config: read(), problems: [] }
  } catch (thrown) {
    if (thrown instanceof ConfigError) return { problems: thrown.problems }
    throw thrown
  }
}

function told(level: Finding['level'], before: string, { what, remedy }: Problem): Finding {
  return finding('settings', level, `${before}${what} ${remedy}`)
}
