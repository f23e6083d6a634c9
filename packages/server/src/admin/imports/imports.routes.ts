import { AuthError, invalidFields } from '../../errors.ts'
import type { AnyRoute, HttpRequest } from '../../http/route.ts'
import { ReadError } from '../../import/readers/csv.ts'
import { readHashConfig } from '../../import/readers/firebase.ts'
import { type ReaderName, readers } from '../../import/readers/readers.ts'
import type { Tally } from '../../import/report.ts'
import { isSealed } from '../../import/sealed/open.ts'
import { recordAct } from '../acting.ts'
import { type AdminRouteDeps, adminRoutes } from '../admin-route.routes.ts'
import type { ImportReport as Report } from '../answers.ts'
import { readChoice, readFlagFilter } from '../cursor.ts'
import type { Admin } from '../entry/entry.ts'
import { ImportReport } from '../schemas.routes.ts'
import { type ImportFileDeps, type ImportWishes, importFile } from './import-file.ts'
import { type Spooled, spool, tooLarge } from './spool.ts'

type ImportDeps = AdminRouteDeps &
  ImportFileDeps & {
    store: AdminRouteDeps['store'] & ImportFileDeps['store']
    /** where a file is kept while it is looked at */
    temporaryFolder: string
  }

const mostBytes = 33_554_432
const formats = Object.keys(readers) as ReaderName[]

const query = {
  source: `${formats.map((name) => `\`${name}\``).join(', ')}: whose format the file has, \`countersign\` unless said`,
  dry_run: '`true` (unless said): nothing is written, and the answer says what would be. `false`: it is done',
  existing: '`keep` (unless said) or `update`: who is there already takes what the file says',
  weak: '`refuse` (unless said) or `wrap`: hashes that are guessed quickly are wrapped in argon2id',
  taken_emails:
    '`refuse` (unless said) or `unclaimed`: whose address somebody has comes without a claim to it',
  sessions: '`without` (unless said) or `with`: the sessions in the file come along',
}
const headers = {
  'content-digest': 'What the dry run answered as `content_digest`; needed with `dry_run=false`',
  'firebase-hash-config': 'The hash parameters of the project, in one line; for files of `firebase`',
}
const description =
  'The body is the file, `application/octet-stream`, 32 MiB at the most; it is kept no longer than the answer takes. One import ' +
  'runs at a time. Whoever has a role in the console is never changed by one, and nobody gets one.'

/** Users from a file: what would become of them, and then the same in earnest. */
export function importsRoutes(deps: ImportDeps): AnyRoute[] {
  const alone = createTurn()
  return [
    adminRoutes(deps)({
      ...{ method: 'POST', path: '/api/admin/imports/', query, headers, takesFile: true, description },
      ...{ name: 'Admin Import', permission: 'users.import', isDangerous: true },
      summary: 'Import the users in a file, or see what would become of them',
      answers: { 200: ImportReport },
      refusals: ['invalid', 'conflict', 'precondition_required', 'precondition_failed'],
      async act(request, admin) {
        const [wishes, seen] = [wishesIn(request), digestIn(request)]
        if (!wishes.isDry && seen === undefined) throw new AuthError('precondition_required', unseen)
        if (Number(request.header('content-length')) > mostBytes) throw tooLarge(mostBytes)
        return { body: await alone(() => imported(deps, request, { admin, wishes, seen })) }
      },
    }),
  ]
}

const unseen = { detail: 'Say with Content-Digest which file the dry run has seen.' }

/** What must not happen twice at a time in this process. */
function createTurn() {
  let isTaken = false
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (isTaken) throw new AuthError('conflict', { detail: 'Another import is under way. Wait for its end.' })
    isTaken = true
    try {
      return await work()
    } finally {
      isTaken = false
    }
  }
}

function wishesIn(request: HttpRequest<unknown>): ImportWishes {
  const choice = <const Word extends string>(name: string, usual: Word, other: Word) =>
    readChoice(name, request.query(name), [usual, other]) ?? usual
  return {
    isDry: readFlagFilter('dry_run', request.query('dry_run')) ?? true,
    format: readChoice('source', request.query('source'), formats) ?? 'countersign',
    existing: choice('existing', 'keep', 'update'),
    weak: choice('weak', 'refuse', 'wrap'),
    takenEmails: choice('taken_emails', 'refuse', 'unclaimed'),
    sessions: choice('sessions', 'without', 'with'),
    hashing: hashingIn(request.header('firebase-hash-config')),
  }
}

function hashingIn(text: string | undefined): ImportWishes['hashing'] {
  if (text === undefined) return undefined
  try {
    return readHashConfig(text)
  } catch (thrown) {
    throw invalidFields({ 'firebase-hash-config': [(thrown as ReadError).message] })
  }
}

/** Of several digests the one that we know. @see RFC 9530 section 2 */
function digestIn(request: HttpRequest<unknown>): string | undefined {
  return /(?<![\w-])sha-256=:[\w+/=]+:/.exec(request.header('content-digest') ?? '')?.[0]
}

interface Asked {
  admin: Admin
  wishes: ImportWishes
  /** digest of the file that the dry run saw */
  seen: string | undefined
}

async function imported(deps: ImportDeps, request: HttpRequest<unknown>, asked: Asked): Promise<Report> {
  const signal = request.signal() ?? new AbortController().signal
  try {
    const file = await spool(request.bytes(), { folder: deps.temporaryFolder, most: mostBytes })
    try {
      return await importSpooled(deps, file, { ...asked, signal })
    } finally {
      await file.close()
    }
  } catch (thrown) {
    if (thrown instanceof ReadError) throw invalidFields({ file: [thrown.message] })
    throw signal.aborted || isCutOff(thrown) ? new AuthError('bad_request', { cause: thrown }) : thrown
  }
}

/** Nobody waits for the answer any more. */
function isCutOff(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNRESET'
}

async function importSpooled(
  deps: ImportDeps,
  file: Spooled,
  { admin, wishes, seen, signal }: Asked & { signal: AbortSignal },
): Promise<Report> {
  if (seen !== undefined && seen !== file.digest)
    throw new AuthError('precondition_failed', { detail: another })
  for await (const part of file.read()) {
    if (isSealed(part)) throw invalidFields({ file: [sealed] })
    break
  }
  const tally: Tally = {}
  try {
    return await importFile(deps, file, wishes, { tally, signal })
  } finally {
    if (!wishes.isDry && Object.keys(tally).length > 0) {
      const counted = { count: tally.created ?? 0, counts: tally }
      recordAct(deps.audit, admin, 'users.imported', { reason: wishes.format, ...counted })
    }
  }
}

const another = 'This is not the file that the digest is of.'
const sealed = 'It is sealed. Its key stays with you: countersign import users opens it.'
