import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { contradictory } from './accounts/account-config.ts'
import {
  completeDatabase,
  type DatabaseTls,
  databaseText,
  type PostgresDatabase,
  type SqliteDatabase,
} from './database/database-address.ts'
import { developmentSecret, findDevelopmentSecret } from './development-secret.ts'
import { type DjRestAuthSetting, unusable } from './django/dj-rest-auth-config.ts'
import {
  completeDjangoKey,
  type DjangoKeyConfig,
  type LegacySetting,
  unbounded,
} from './django/legacy-config.ts'
import { slidingAlone } from './django/simplejwt-config.ts'
import { type Derived, type EffectiveSetting, effectiveSettings } from './effective.ts'
import { type MailSetting, unsendable } from './mail/mail-config.ts'
import { isTold, type Problem } from './problem.ts'
import { type SettingName, type SettingValues, settings } from './settings.ts'
import { completeTracing, type TracingConfig, type TracingSetting } from './tracing/tracing-config.ts'
import { misspelled, unsafe } from './unsafe.ts'
import { unsigned, type WebhookSetting } from './webhooks/webhook-config.ts'

/** `dev` forgives, `start` refuses what is unsafe, `tool` is a command beside a server. */
export type Mode = 'dev' | 'start' | 'tool'

type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }
type Certain = Given<
  Omit<
    SettingValues,
    | 'database'
    | 'databasePassword'
    | 'audience'
    | 'secrets'
    | 'data'
    | 'managementPort'
    | 'devisePepper'
    | DjRestAuthSetting
    | LegacySetting
    | MailSetting
    | TracingSetting
    | WebhookSetting
  >
>

type Uncertain = Pick<
  SettingValues,
  'devisePepper' | DjRestAuthSetting | LegacySetting | MailSetting | TracingSetting | WebhookSetting
>

/** What the program runs with; made once, never changed. */
export interface Config extends Readonly<Certain & Uncertain> {
  readonly mode: Mode
  /** `dev`, or a `tool` beside it: the secret is the one that development made */
  readonly isDevelopment: boolean
  readonly dataFolder: string
  readonly database: SqliteDatabase | (PostgresDatabase & { tls: DatabaseTls | undefined })
  readonly audience: string
  /** what every setting is, and where that was said; nothing of a secret */
  readonly effective: readonly EffectiveSetting[]
  /** what `start` would refuse of these settings; none where that is how they were loaded */
  readonly refusedByStart: readonly Problem[]
  /** undefined where there is no second listener */
  readonly managementPort: number | undefined
  /** undefined where nobody moves here from Django, or no end is set to it */
  readonly djangoKey: DjangoKeyConfig | undefined
  /** undefined where tracing is off */
  readonly tracing: TracingConfig | undefined
  /** one empty text where a `tool` found none: nothing was ever sealed with that */
  readonly secrets: readonly [string, ...string[]]
}

type Completed = Omit<Config, 'effective' | 'refusedByStart'>

/** Everything that is wrong with the settings, each with what to do. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.what).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

export interface ConfigSources {
  mode: Mode
  env?: Readonly<Record<string, string | undefined>>
  /** by flag name, without the dashes */
  flags?: Readonly<Record<string, string | undefined>>
  /** for what must end; epoch milliseconds */
  now?: number
}

/**
 * Flags win over the environment, the environment over the defaults.
 * @throws ConfigError with all problems at once
 */
export function loadConfig({ mode, env = process.env, flags = {}, now = Date.now() }: ConfigSources): Config {
  const problems: Problem[] = []
  const values: Partial<Record<SettingName, unknown>> = {}
  for (const name of Object.keys(settings) as SettingName[]) {
    values[name] = readSetting({ name, mode, env, flags }, problems)
  }
  if (mode !== 'tool') problems.push(...sharedPort(values), ...unreachableConsole(values as SettingValues))
  if (mode !== 'tool' && !isTold(settings.mailFrom.env, problems))
    problems.push(...unsendable(values as SettingValues))
  if (mode !== 'tool') problems.push(...contradictory(values as SettingValues, mode))
  if (mode !== 'tool') problems.push(...unusable(values as SettingValues, mode))
  if (mode !== 'tool') problems.push(...slidingAlone(values as SettingValues))
  if (mode !== 'tool' && !isTold(settings.webhookSecrets.env, problems))
    problems.push(...unsigned(values as SettingValues))
  if (mode !== 'tool' && !isTold(settings.djangoSecret.env, problems))
    problems.push(...unbounded(values as SettingValues, now))
  const completed = complete(values as SettingValues, mode, problems)
  if (mode === 'start') problems.push(...unsafe(completed, problems), ...misspelled(env))
  if (problems.length > 0) throw new ConfigError(problems)
  const refusedByStart = mode === 'start' ? [] : refusalsOf({ mode: 'start', env, flags, now })
  const effective = effectiveSettings({ mode, env, flags }, derivedFrom(completed))
  const config = { ...completed, effective, refusedByStart }
  for (const value of Object.values(config)) Object.freeze(value)
  return Object.freeze(config)
}

function refusalsOf(sources: ConfigSources): readonly Problem[] {
  try {
    loadConfig(sources)
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems
    throw thrown
  }
}

type ReadRequest = Required<Omit<ConfigSources, 'now'>> & { name: SettingName }

function readSetting({ name, mode, env, flags }: ReadRequest, problems: Problem[]): unknown {
  const setting = settings[name]
  const fromFlag = setting.flag && flags[setting.flag]
  const fallback = (mode === 'start' && setting.productionDefault) || setting.default
  const given = fromFlag ?? fromEnvironment(setting, env, problems)
  const text = given ?? fallback
  if (text === undefined || (text === '' && given === undefined))
    return name === 'corsOrigins' ? [] : undefined
  const parsed = setting.parse(text)
  if ('value' in parsed) return parsed.value
  const shown = setting.secret ? 'is not usable' : `is ${JSON.stringify(text)}`
  const origin = fromFlag === undefined ? setting.env : `--${setting.flag}`
  problems.push({ what: `${origin} ${shown}.`, remedy: `Set it to ${parsed.expected}.` })
  return undefined
}

function fromEnvironment(
  { env: name, secret }: { env: string; secret?: true },
  env: ConfigSources['env'] = {},
  problems: Problem[],
): string | undefined {
  const value = env[name] || undefined
  const file = secret && env[`${name}_FILE`]
  if (!file) return value
  if (value !== undefined) {
    problems.push({ what: `${name} and ${name}_FILE are both set.`, remedy: 'Keep one of them.' })
    return undefined
  }
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    problems.push({
      what: `${name}_FILE names ${file}, which cannot be read.`,
      remedy: 'Check the path and its permissions.',
    })
    return undefined
  }
}

function complete(values: SettingValues, mode: Mode, problems: Problem[]): Completed {
  const dataFolder = resolve(values.data ?? '')
  const issuer = values.issuer ?? localAddress(values.host ?? '', values.port ?? 0)
  const { data: _, database: asked, databasePassword: password, managementPort, ...rest } = values
  const workers = mode === 'dev' ? 1 : (values.workers ?? 1)
  const file = join(dataFolder, 'countersign.db')
  const database = completeDatabase(asked ?? { kind: 'sqlite', file }, { password, problems })
  const tracing = completeTracing(values, mode === 'tool' ? [] : problems)
  const secrets = values.secrets ?? missingSecret(mode, dataFolder, problems)
  return {
    ...(rest as Certain & Uncertain),
    mode,
    isDevelopment: mode === 'dev' || (mode === 'tool' && !values.secrets && secrets[0] !== ''),
    dataFolder,
    database,
    issuer: mode === 'start' ? (values.issuer ?? '') : issuer,
    managementPort,
    tracing,
    djangoKey: completeDjangoKey(values),
    audience: values.audience ?? issuer,
    secrets,
    workers,
    hashParallel: values.hashParallel ?? Math.max(1, Math.floor(availableParallelism() / workers)),
  }
}

/** What follows from other settings, from the machine, or was made in the data folder. */
function derivedFrom({ issuer, audience, hashParallel, database, secrets }: Completed): Derived {
  return {
    ...{ issuer, audience, hashParallel: String(hashParallel), database: databaseText(database) },
    ...(secrets[0] !== '' && { secrets: null }),
  }
}

/** The address under which a browser on this machine reaches the listener. */
export function localAddress(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::' || host === ''
  const name = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

function missingSecret(mode: Mode, dataFolder: string, problems: Problem[]): readonly [string] {
  if (mode === 'tool') return [findDevelopmentSecret(dataFolder, problems) ?? '']
  if (mode !== 'start') {
    // A start that is refused anyway leaves no file behind.
    return [problems.length > 0 ? '' : developmentSecret(dataFolder, problems)]
  }
  if (!isTold(settings.secrets.env, problems)) {
    problems.push({
      what: 'COUNTERSIGN_SECRET is not set.',
      remedy: 'Set it (or COUNTERSIGN_SECRET_FILE) to 32 or more random characters: openssl rand -base64 48',
    })
  }
  return ['']
}

/** Whatever the hosts: a port that is public on one address is easily taken for private on another. */
function sharedPort({ port, managementPort }: Partial<Record<SettingName, unknown>>): Problem[] {
  if (managementPort === undefined || managementPort === 0 || managementPort !== port) return []
  const { port: publicPort, managementPort: ours } = settings
  return [
    {
      what: `${publicPort.env} and ${ours.env} are both ${port}: metrics would be public.`,
      remedy: `Give ${ours.env} a port of its own, for example ${port === 9000 ? 9001 : 9000}.`,
    },
  ]
}

/** The management port of several workers belongs to a process that opens no database. */
function unreachableConsole({ console, managementPort, workers = 1 }: SettingValues): Problem[] {
  if (console !== 'management') return []
  const what = `${settings.console.env} is management`
  if (managementPort === undefined) {
    const remedy = `Set ${settings.managementPort.env}, or ${settings.console.env} to public or off.`
    return [{ what: `${what}, and there is no management port.`, remedy }]
  }
  if (workers === 1) return []
  const remedy = `Set one worker, or ${settings.console.env} to public or off.`
  return [
    {
      what: `${what}, and ${settings.workers.env} is ${workers}: only one process can have it there.`,
      remedy,
    },
  ]
}
