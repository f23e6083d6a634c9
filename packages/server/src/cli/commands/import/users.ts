import { readFileSync, statSync } from 'node:fs'
import { systemClock } from '../../../clock.ts'
import { ReadError } from '../../../import/readers/csv.ts'
import { readHashConfig } from '../../../import/readers/firebase.ts'
import { type ReaderKnowledge, type ReaderName, readers } from '../../../import/readers/readers.ts'
import { SealError } from '../../../import/sealed/open.ts'
import { command } from '../../command.ts'
import { CommandError, UsageError } from '../../failure.ts'
import { toolConfig } from '../../tools.ts'
import { importHelp } from './help.ts'
import { importFlags, runImport, type Source } from './run-import.ts'
import { readableFile } from './sealed-file.ts'

/** The users in a file. */
export const users = command({
  name: 'import users',
  help: importHelp,
  flags: {
    ...importFlags,
    format: { type: 'string' },
    'hash-config': { type: 'string' },
    'with-sessions': { type: 'boolean' },
    'decrypt-with': { type: 'string' },
    passphrase: { type: 'boolean' },
  },
  operands: ['FILE'],
  async run({ values, operands: [file = ''], terminal }) {
    const format = readFormat(values.format)
    try {
      const bytes = await readableFile(file, values, terminal)
      const knowledge = knowledgeOf(values)
      const read = () => readers[format](bytes(), knowledge)
      const sessions = values['with-sessions'] ? 'with' : 'without'
      const source = { name: format, sessions, candidates: read(), total: await totalOf(file, read) } as const
      return await runImport(values, source, terminal)
    } catch (thrown) {
      const isFault = thrown instanceof SealError || thrown instanceof ReadError
      throw isFault ? new CommandError(`${file}: ${thrown.message}`) : thrown
    }
  },
})

function readFormat(format = 'countersign'): ReaderName {
  if (Object.hasOwn(readers, format)) return format as ReaderName
  throw new UsageError(`--format is one of ${Object.keys(readers).join(', ')}.`)
}

function knowledgeOf(flags: { data?: string; 'hash-config'?: string }): ReaderKnowledge {
  const { 'hash-config': hashConfig, data } = flags
  const { devisePepper } = toolConfig(data === undefined ? {} : { data })
  return {
    now: systemClock(),
    hashing: hashConfig === undefined ? undefined : readHashConfig(readFileSync(hashConfig, 'utf8')),
    hashes: devisePepper === undefined ? 'plain' : 'peppered',
  }
}

/** A file is read to its end before anything is stored: then it is known to be whole, and how many rows it has. */
async function totalOf(file: string, read: () => Source['candidates']): Promise<number | undefined> {
  if (!statSync(file).isFile()) return undefined
  let rows = 0
  for await (const _ of read()) rows += 1
  return rows
}
