import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The secret of a development deployment: made once, kept in the data folder, readable by its owner alone.
 * Two processes that start at once agree on one.
 */
export function developmentSecret(dataFolder: string, problems: { what: string; remedy: string }[]): string {
  const file = join(dataFolder, 'secret')
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
    return readSecret(file) ?? makeSecret(file)
  } catch (thrown) {
    problems.push({
      what: `The data folder ${dataFolder} cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      remedy: 'Give a folder that this user may write to: --data FOLDER or COUNTERSIGN_DATA.',
    })
    return ''
  }
}

function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  }
}

/** A link fails where the file exists already, and never shows a file that is half written. */
function makeSecret(file: string): string {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flush: true })
  try {
    linkSync(draft, file)
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown
  } finally {
    rmSync(draft)
  }
  return readFileSync(file, 'utf8').trim()
}
