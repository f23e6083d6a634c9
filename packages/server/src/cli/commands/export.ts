import { createWriteStream, openSync, readFileSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Tools } from '../../app/tools.ts'
import { exportUsers } from '../../import/export-users.ts'
import { type Recipient, readPublicKey, seal } from '../../import/sealed/seal.ts'
import { command, dataFlag } from '../command.ts'
import { CommandError, UsageError } from '../failure.ts'
import { interruptible } from '../interruptible.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { withTools } from '../tools.ts'

const help = `Usage: countersign export [FILE] [--with-sessions]
                           [--encrypt-to FILE | --passphrase] [--data FOLDER]

Writes all users, one JSON object a line, to a new file or to stdout, as countersign
import users reads them. Their password hashes are among it: keep the file as you
keep the database. Nothing is written to a terminal, and no file is overwritten.

  --with-sessions    also live sessions: they go on elsewhere where the master
                     secret is the same
  --encrypt-to FILE  seal it to a public key of X25519, in PEM
  --passphrase       seal it with a passphrase, which is asked for
  --data FOLDER      folder of the database, ./countersign-data if not given`

/** Every user, hashes and all: leaving is as easy as coming. */
export const exportCommand = command({
  name: 'export',
  help,
  flags: {
    ...dataFlag,
    'with-sessions': { type: 'boolean' },
    'encrypt-to': { type: 'string' },
    passphrase: { type: 'boolean' },
  },
  operands: ['[FILE]'],
  async run({ values, operands: [file], terminal }) {
    if (file === undefined && process.stdout.isTTY) throw new UsageError(onTerminal)
    const recipient = await recipientOf(values, terminal)
    const sessions = values['with-sessions'] ? 'with' : 'without'
    const count = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const written = await interruptible('Nothing was left behind.', (signal) =>
        write(tools, { file, recipient, sessions, signal }),
      )
      tools.audit.record('users.exported', { count: written })
      return written
    })
    terminal.say(`Exported ${count} users${file === undefined ? '' : ` to ${file}`}.`)
    return 0
  },
})

const onTerminal = 'Password hashes are not for a terminal: name a FILE, or send it into a pipe.'

interface RecipientFlags {
  'encrypt-to'?: string
  passphrase?: boolean
}

async function recipientOf(
  { 'encrypt-to': file, passphrase }: RecipientFlags,
  terminal: Terminal,
): Promise<Recipient | undefined> {
  if (file !== undefined && passphrase) {
    throw new UsageError('--encrypt-to and --passphrase are two ways to seal it: keep one of them.')
  }
  if (passphrase) return { passphrase: await askPassphrase(terminal) }
  if (file === undefined) return undefined
  const publicKey = readPublicKey(readFileSync(file, 'utf8'))
  if (!publicKey) throw new CommandError(`${file} holds no public key of X25519 in PEM.`)
  return { publicKey }
}

const leastPassphrase = 12

async function askPassphrase(terminal: Terminal): Promise<string> {
  const given = await terminal.askSecret('Passphrase: ')
  if ((await terminal.askSecret('Passphrase (again): ')) !== given) {
    throw new CommandError('The two passphrases differ.')
  }
  if ([...given].length >= leastPassphrase) return given
  throw new CommandError(`A passphrase of ${leastPassphrase} characters or more is needed.`)
}

interface Wishes {
  file: string | undefined
  recipient: Recipient | undefined
  sessions: 'with' | 'without'
  signal: AbortSignal
}

/** @returns how many users */
async function write(tools: Tools, { file, recipient, ...wishes }: Wishes): Promise<number> {
  const target = file === undefined ? undefined : openNew(file)
  let users = 0
  const onUser = () => {
    users += 1
  }
  const lines = exportUsers(tools, { ...wishes, now: tools.clock(), onUser })
  const bytes = Readable.from(recipient ? seal(lines, recipient) : lines, { objectMode: false })
  try {
    if (target === undefined) await pipeline(bytes, process.stdout, { end: false })
    else await pipeline(bytes, createWriteStream('', { fd: target, flush: true }))
    return users
  } catch (thrown) {
    if (file !== undefined) rmSync(file, { force: true })
    throw thrown
  }
}

/** Readable by its owner alone. */
function openNew(file: string): number {
  try {
    return openSync(file, 'wx', 0o600)
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown
    throw new CommandError(`${file} exists already, and an export overwrites nothing. Name a new file.`)
  }
}
