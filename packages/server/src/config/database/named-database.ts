import { type Config, ConfigError, loadConfig } from '../config.ts'
import { database } from './database-address.ts'

/** A database that a command line names beside the one of the settings. */
export interface NamedDatabase {
  /** `--to`, as a person reads it where the address is of no use */
  flag: string
  /** as `DATABASE_URL` takes it, but without a password: a command line is seen by others */
  address?: string | undefined
  /** a file that holds an address, password and all */
  file?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

const noPassword = { DATABASE_PASSWORD: undefined, DATABASE_PASSWORD_FILE: undefined }

/**
 * The settings as they would be if they named that database. Where its address has no password, `DATABASE_PASSWORD` has
 * it.
 * @throws ConfigError with all problems at once; no address is in it
 */
export function configWithDatabase(
  { flag, address, file }: NamedDatabase,
  flags: Readonly<Record<string, string | undefined>>,
  env: Environment = process.env,
): Config {
  if (address !== undefined && hasPassword(address)) throw new ConfigError([visiblePassword(flag)])
  const named: Environment = { ...env, DATABASE_URL: address, DATABASE_URL_FILE: file }
  try {
    const config = loadConfig({ mode: 'tool', env: { ...named, ...noPassword }, flags })
    const { database: found } = config
    if (found.kind === 'sqlite' || found.password !== undefined) return config
    return loadConfig({ mode: 'tool', env: named, flags })
  } catch (thrown) {
    throw thrown instanceof ConfigError ? renamed(thrown, file === undefined ? flag : `${flag}-file`) : thrown
  }
}

function hasPassword(address: string): boolean {
  const parsed = database(address)
  return 'value' in parsed && parsed.value.kind === 'postgres' && parsed.value.password !== undefined
}

function visiblePassword(flag: string) {
  return {
    what: `The address in ${flag} holds a password, and a command line is seen by others.`,
    remedy:
      `Put the address into a file that only you can read and give ${flag}-file FILE, ` +
      'or leave the password out and set DATABASE_PASSWORD.',
  }
}

/** What the settings say of their own variable is said of the flag. */
function renamed({ problems }: ConfigError, flag: string): ConfigError {
  return new ConfigError(
    problems.map(({ what, remedy }) => ({
      what: what.replace(/DATABASE_URL(_FILE)?/, flag),
      remedy,
    })),
  )
}
