import { readFileSync } from 'node:fs'
import type { Parser } from '../parsers.ts'
import type { Problem } from '../problem.ts'

export interface SqliteDatabase {
  kind: 'sqlite'
  /** a path, or `:memory:` */
  file: string
}

/** How much of a PostgreSQL server's certificate is checked; libpq's words. */
export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

export interface PostgresDatabase {
  kind: 'postgres'
  /** a name, an address, or the folder of a socket */
  host: string
  port: number
  user: string
  database: string
  password: string | undefined
  /** undefined where the address does not say */
  sslMode: SslMode | undefined
  /** paths of PEM files */
  sslFiles: Readonly<Partial<Record<SslFile, string>>>
}

export type DatabaseAddress = SqliteDatabase | PostgresDatabase
export type SslFile = 'sslrootcert' | 'sslcert' | 'sslkey'

const sslModes: readonly SslMode[] = ['disable', 'require', 'verify-ca', 'verify-full']
const sslFiles: readonly SslFile[] = ['sslrootcert', 'sslcert', 'sslkey']

const expected =
  'sqlite:PATH, for example sqlite:/var/lib/countersign/countersign.db, ' +
  'or postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full'

/** Where the data lies: a file of the embedded database, or a PostgreSQL server. */
export const database: Parser<DatabaseAddress> = (text) => {
  const file = /^sqlite:(.+)$/.exec(text)?.[1]
  if (file) return { value: { kind: 'sqlite', file } }
  if (!/^postgres(ql)?:\/\//.test(text)) return { expected }
  const url = parseUrl(text)
  if (!url) return { expected: `${expected}; what is special in a password is written as %XX` }
  return postgres(url)
}

/** Where the host is a parameter, its own place is empty, which a URL with a user in it may not have. */
const noHost = 'socket'

function parseUrl(text: string): URL | undefined {
  try {
    const url = new URL(text.replace(/^(postgres(?:ql)?:\/\/[^@/?#]*@)(?=[:/])/, `$1${noHost}`))
    decodeURIComponent(url.username + url.password + url.pathname)
    return url
  } catch {
    return undefined
  }
}

function postgres(url: URL): ReturnType<Parser<PostgresDatabase>> {
  const { searchParams: given } = url
  const known = ['host', 'sslmode', ...sslFiles]
  const unknown = [...given.keys()].find((name) => !known.includes(name))
  if (unknown) return { expected: `an address whose parameters are among ${known.join(', ')}` }
  const sslMode = sslModes.find((mode) => mode === given.get('sslmode'))
  if (given.has('sslmode') && !sslMode)
    return { expected: `an address whose sslmode is one of ${sslModes.join(', ')}` }
  const [user, name] = [decodeURIComponent(url.username), decodeURIComponent(url.pathname.slice(1))]
  const host = given.get('host') ?? url.hostname.replace(/^\[|\]$/g, '')
  if (!user || !name || !host || host === noHost) return { expected }
  const password = url.password === '' ? undefined : decodeURIComponent(url.password)
  const files = sslFiles.flatMap((one) => (given.has(one) ? [[one, given.get(one) ?? '']] : []))
  const where = { host, port: url.port === '' ? 5432 : Number(url.port), user, password, database: name }
  return { value: { kind: 'postgres', ...where, sslMode, sslFiles: Object.fromEntries(files) } }
}

/** The address as people may read it, without the password. */
export function databaseText(address: DatabaseAddress): string {
  if (address.kind === 'sqlite') return address.file
  const { user, host, port, database: name } = address
  const [who, what] = [encodeURIComponent(user), encodeURIComponent(name)]
  if (host.startsWith('/')) return `postgres://${who}@/${what}?host=${host}`
  return `postgres://${who}@${host.includes(':') ? `[${host}]` : host}:${port}/${what}`
}

/** What is checked of the server's certificate, with the PEM texts that it takes. */
export interface DatabaseTls {
  verify: 'nothing' | 'chain' | 'chain_and_name'
  ca?: string
  cert?: string
  key?: string
}

interface Completion {
  /** instead of the one in the address */
  password: string | undefined
  problems: Problem[]
}

/** The address with everything that lies elsewhere: a password of its own, certificates in files. */
export function completeDatabase(address: DatabaseAddress, { password, problems }: Completion) {
  if (address.kind === 'sqlite') return address
  if (!address.sslMode && !isLocal(address)) {
    problems.push({
      what: `DATABASE_URL names ${address.host} and says nothing of TLS.`,
      remedy:
        'Append ?sslmode=verify-full (or verify-ca, require), or ?sslmode=disable where the network is yours alone.',
    })
  }
  return { ...address, password: password ?? address.password, tls: tlsOf(address, problems) }
}

const verifies = { require: 'nothing', 'verify-ca': 'chain', 'verify-full': 'chain_and_name' } as const
const tlsNames = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const

function tlsOf(
  { sslMode = 'disable', sslFiles: files }: PostgresDatabase,
  problems: Problem[],
): DatabaseTls | undefined {
  if (sslMode === 'disable') return undefined
  // As libpq has it: who names an authority wants it asked.
  const mode = sslMode === 'require' && files.sslrootcert !== undefined ? 'verify-ca' : sslMode
  const tls: DatabaseTls = { verify: verifies[mode] }
  for (const [name, path] of Object.entries(files) as [SslFile, string][]) {
    try {
      tls[tlsNames[name]] = readFileSync(path, 'utf8')
    } catch {
      problems.push({
        what: `DATABASE_URL names ${path} as its ${name}, which cannot be read.`,
        remedy: 'Check the path and its permissions.',
      })
    }
  }
  return tls
}

/** Whether what goes to the server stays on this machine. */
function isLocal({ host }: PostgresDatabase): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\./.test(host)
}
