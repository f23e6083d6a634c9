import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../config/config.ts'
import { secretFile } from '../config/development-secret.ts'
import { sizeText } from '../sizes.ts'
import { type Finding, ok, problem, reasonOf, warning } from './finding.ts'

/** Whether only the owner can read what lies in the data folder, and can write there. */
export function examineFolder(config: Config): Finding[] {
  const folder = folderOf(config)
  const check = 'data folder'
  const mode = modeOf(folder)
  if (mode === undefined) return [warning(check, `${folder} is not there yet; the first start makes it`)]
  if (!isWritable(folder)) return [problem(check, `${folder} cannot be written to by this user`)]
  // Windows has no such modes; there the folder's own permissions are the owner's business.
  if (process.platform === 'win32') return [ok(check, folder)]
  const open = privateFiles(config).filter((file) => isOpenToOthers(modeOf(file)))
  const found = open.map((file) => problem(check, `others can read ${file}`, `chmod 600 ${file}`))
  if (isOpenToOthers(mode)) {
    found.push(warning(check, `others can look into ${folder}`, `chmod 700 ${folder}`))
  }
  return found.length > 0 ? found : [ok(check, `${folder}, for its owner alone`)]
}

/** Where the files of the deployment lie; beside a database server that is at most the secret. */
function folderOf({ database, dataFolder }: Config): string {
  return database.kind === 'sqlite' ? dirname(database.file) : dataFolder
}

function privateFiles({ database, dataFolder }: Config): string[] {
  const files = database.kind === 'sqlite' ? ['', '-wal', '-shm'].map((end) => `${database.file}${end}`) : []
  return [...files, secretFile(dataFolder)]
}

function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode
}

function isOpenToOthers(mode = 0): boolean {
  return (mode & 0o077) !== 0
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

const gib = 1024 ** 3
const leastFree = gib / 10

/** Whether the database has room to grow. */
export function examineDisk(config: Config): Finding {
  const folder = nearestFolder(folderOf(config))
  try {
    const { bavail, bsize } = statfsSync(folder)
    const free = bavail * bsize
    const says = `${sizeText(free)} free`
    if (free >= gib) return ok('disk', says)
    return (free < leastFree ? problem : warning)('disk', says, `make room in ${folder}`)
  } catch (thrown) {
    return warning('disk', reasonOf(thrown))
  }
}

/** The folder itself may not be there yet. */
function nearestFolder(folder: string): string {
  return modeOf(folder) === undefined && folder !== dirname(folder)
    ? nearestFolder(join(folder, '..'))
    : folder
}
