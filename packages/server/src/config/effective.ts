import type { Setting } from './setting.ts'
import { type SettingName, settings } from './settings.ts'

/** A setting as it is in effect, and where that comes from. */
export interface EffectiveSetting {
  /** in the environment */
  name: string
  flag: string | null
  /** as one would write it; null for a secret, and where there is none */
  value: string | null
  /** `derived`: nobody said it, and it follows from others, or was made here */
  source: 'flag' | 'environment' | 'file' | 'default' | 'derived' | 'none'
  is_secret: boolean
  default: string | null
  doc: string
}

interface Sources {
  mode: string
  env: Readonly<Record<string, string | undefined>>
  flags: Readonly<Record<string, string | undefined>>
}

/** What holds where nobody has said anything; null for a secret. */
export type Derived = Partial<Record<SettingName, string | null>>

/** Every setting with what it is and where that was said; of a secret only whether there is one. */
export function effectiveSettings(sources: Sources, derived: Derived): EffectiveSetting[] {
  return Object.entries<Setting<unknown>>(settings).map(([name, setting]) => {
    const told = effective(setting, sources)
    const value = told.source === 'none' ? derived[name as SettingName] : undefined
    return value === undefined ? told : { ...told, value, source: 'derived' }
  })
}

function effective(setting: Setting<unknown>, { mode, env, flags }: Sources): EffectiveSetting {
  const { env: name, flag, secret, doc } = setting
  const usual = ((mode === 'start' && setting.productionDefault) || setting.default) ?? null
  const fromFlag = flag && flags[flag]
  const told = fromFlag ?? (env[name] || undefined)
  const isFile = told === undefined && secret === true && Boolean(env[`${name}_FILE`])
  const source = sourceOf({ isFlag: Boolean(fromFlag), isTold: told !== undefined, isFile, usual })
  return {
    ...{ name, flag: flag ?? null, source, is_secret: secret === true },
    value: secret ? null : (told ?? usual),
    ...{ default: usual, doc },
  }
}

interface Found {
  isFlag: boolean
  isTold: boolean
  isFile: boolean
  usual: string | null
}

function sourceOf({ isFlag, isTold, isFile, usual }: Found): EffectiveSetting['source'] {
  if (isFlag) return 'flag'
  if (isTold) return 'environment'
  if (isFile) return 'file'
  return usual ? 'default' : 'none'
}
