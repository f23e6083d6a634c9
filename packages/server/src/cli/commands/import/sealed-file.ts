import { closeSync, createReadStream, openSync, readFileSync, readSync } from 'node:fs'
import { isSealed, type Opener, open, readPrivateKey } from '../../../import/sealed/open.ts'
import { CommandError } from '../../failure.ts'
import type { Terminal } from '../../terminal/terminal.ts'

/** How a sealed file is opened, as it was typed. */
interface OpenerFlags {
  readonly 'decrypt-with'?: string
  readonly passphrase?: boolean
}

/** Reads a file from its beginning, each time anew; one that is sealed is opened on the way. */
type ReadFile = () => AsyncIterable<Buffer>

/** @throws CommandError where it is sealed and nothing opens it, or the other way round */
export async function readableFile(file: string, flags: OpenerFlags, terminal: Terminal): Promise<ReadFile> {
  const isSealedFile = isSealed(beginningOf(file))
  const hasOpener = flags['decrypt-with'] !== undefined || flags.passphrase === true
  if (!isSealedFile) {
    if (hasOpener) throw new CommandError(`${file} is not sealed: leave out what opens it.`)
    return () => createReadStream(file)
  }
  if (!hasOpener) throw new CommandError(`${file} is sealed: --decrypt-with FILE or --passphrase opens it.`)
  const opener = await openerOf(flags, terminal)
  return () => open(createReadStream(file), opener)
}

function beginningOf(file: string): Buffer {
  const handle = openSync(file, 'r')
  try {
    const beginning = Buffer.alloc(64)
    return beginning.subarray(0, readSync(handle, beginning))
  } finally {
    closeSync(handle)
  }
}

async function openerOf({ 'decrypt-with': file }: OpenerFlags, terminal: Terminal): Promise<Opener> {
  if (file === undefined) return { passphrase: await terminal.askSecret('Passphrase: ') }
  const privateKey = readPrivateKey(readFileSync(file, 'utf8'))
  if (!privateKey) throw new CommandError(`${file} holds no private key of X25519 in PEM, unencrypted.`)
  return { privateKey }
}
