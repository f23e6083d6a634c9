import { rmSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Tools } from '../../app/tools.ts'
import { sizeText } from '../../sizes.ts'
import { command, dataFlag } from '../command.ts'
import { CommandError } from '../failure.ts'
import { withTools } from '../tools.ts'

const help = `Usage: countersign backup FILE [--data FOLDER]

Copies the database to a new file, whole and consistent, also while a server
writes to it. To restore, stop the server and put the copy in the place of
countersign.db, without any -wal and -shm file beside it.

The signing keys in it are sealed under the master secret: keep that one too, and
elsewhere. An existing file is never overwritten.

  --data FOLDER    folder of the database, ./countersign-data if not given`

/** Copies the database while it serves. */
export const backup = command({
  name: 'backup',
  help,
  flags: dataFlag,
  operands: ['FILE'],
  async run({ values, operands: [file = ''], terminal }) {
    const target = resolve(file)
    await withTools({ flags: values, wanted: 'as_it_is' }, (tools) => copy(tools, target))
    terminal.print(`Copied the database to ${target}, ${sizeText(statSync(target).size)}.`)
    return 0
  },
})

async function copy({ store }: Tools, target: string): Promise<void> {
  if (!store.backup) throw new CommandError(otherTool)
  try {
    await store.backup(target)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') throw exists(target)
    rmSync(target, { force: true })
    throw thrown
  }
}

const otherTool =
  'PostgreSQL has tools of its own for this: pg_dump --format=custom --file=FILE, or what your provider offers.'

function exists(target: string): CommandError {
  return new CommandError(`${target} exists already, and a backup overwrites nothing. Name a new file.`)
}
