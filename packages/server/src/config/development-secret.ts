import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { leastSecretLength } from './parsers.ts'

/**
 * The secret of a development deployment: made once, kept in the data folder, readable by its owner alone.
 * Two processes that start at once agree on one.
 * @param problems told of a folder or a file that cannot serve; the secret is empty then
 */
export function developmentSecret(dataFolder: string, problems: { what: string; remedy: string }[]): string {
  const file = secretFile(dataFolder)
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
    return readSecret(file) ?? makeSecret(file)
  } catch (thrown) {
    problems.push(unusableFolder(dataFolder, thrown))
    return ''
  }
}

/**
 * The secret that a development deployment has already; looking makes nothing.
 * @param problems told of a folder or a file that cannot be read
 */
export function findDevelopmentSecret(
  dataFolder: string,
  problems: { what: string; remedy: string }[],
): string | undefined {
  try {
    return readSecret(secretFile(dataFolder))
  } catch (thrown) {
    problems.push(unusableFolder(dataFolder, thrown))
    return undefined
  }
}

/** Where the secret of a development deployment lies. */
export function secretFile(dataFolder: string): string {
  return join(dataFolder, 'secret')
}

function unusableFolder(dataFolder: string, thrown: unknown): { what: string; remedy: string } {
  return {
    what: `The data folder ${dataFolder} cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    remedy: 'Give a folder that this user may write to: --data FOLDER or COUNTERSIGN_DATA.',
  }
}

function readSecret(file: string): string | undefined {
  try {
    return checked(readFileSync(file, 'utf8').trim(), file)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  }
}

/** An emptied file must not become an empty key. */
function checked(secret: string, file: string): string {
  if (secret.length >= leastSecretLength) return secret
  throw new Error(`its file ${file} holds no secret of ${leastSecretLength} characters or more.`)
}

/**
 * A link fails where the file exists already, and never shows a file that is half written. The draft's name is random:
 * two containers on one volume may have the same process id.
 */
function makeSecret(file: string): string {
  const draft = `${file}.${randomBytes(8).toString('hex')}`
  writeFileSync(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(draft, file)
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown
  } finally {
    rmSync(draft)
  }
  return checked(readFileSync(file, 'utf8').trim(), file)
}
