import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { type TokenPair, temporaryFolder } from '../harness.ts'
import type { Installed } from './python.ts'

/** The `SECRET_KEY` of the project, unless a test gives it another. */
export const projectSecret = 'the secret key of a Django project, for tests only'

export interface ProjectOptions {
  /** on top of the project's own `SIMPLE_JWT` */
  simpleJwt?: Record<string, unknown>
  /** dotted path of the class that authenticates; simplejwt's, which reads the user's row, unless told otherwise */
  authentication?: string
  /** hashes of whoever registers cost next to nothing */
  hashing?: 'cheap' | 'as_in_production'
  secret?: string
  /** `ISSUER` and `AUDIENCE` of its tokens; none unless told otherwise */
  issuer?: string
}

/** What `make` asks for, beside the columns of `auth_user` that a test wants. */
export interface Person {
  username: string
  /** null for none */
  password: string | null
  email?: string
  /** Django's short name of a hasher */
  hasher?: string
  groups?: readonly string[]
  [column: string]: unknown
}

export interface Found {
  id: number
  is_staff: boolean
  is_superuser: boolean
  is_active: boolean
}

/** A Django project that serves, and whoever works beside it on its database. */
export interface DjangoProject {
  address: string
  secret: string
  issuer: string | undefined
  /** path of its SQLite database */
  database: string
  /** in which its scripts run */
  env: Readonly<Record<string, string>>
  /** @returns its id, and the hash as it stands in the table */
  make(person: Person): Promise<{ id: number; password: string }>
  /** what simplejwt would answer to a login */
  logIn(username: string): Promise<Pick<TokenPair, 'access' | 'refresh'>>
  find(username: string): Promise<Found | undefined>
  disable(id: number): Promise<void>
  delete(id: number): Promise<void>
  stop(): Promise<void>
}

/** Where the project's own files are. */
export const projectFolder = join(import.meta.dirname, 'project')

/** Starts the project on a database and a port of its own; it ends with `stop`, or with this process. */
export async function startDjango(
  installed: Installed,
  options: ProjectOptions = {},
): Promise<DjangoProject> {
  const { simpleJwt = {}, authentication, hashing = 'cheap', secret = projectSecret, issuer } = options
  const database = join(temporaryFolder(), 'project.sqlite3')
  const env = {
    PATH: process.env.PATH ?? '',
    PYTHONDONTWRITEBYTECODE: '1',
    PROJECT_SECRET_KEY: secret,
    PROJECT_DATABASE: database,
    PROJECT_SIMPLE_JWT: JSON.stringify({ ...(issuer && { ISSUER: issuer, AUDIENCE: issuer }), ...simpleJwt }),
    ...(authentication !== undefined && { PROJECT_AUTHENTICATION: authentication }),
    ...(hashing === 'cheap' && { PROJECT_HASHER: 'hashers.CheapHasher' }),
  }
  const run = (script: string) => spawnScript(spawn(installed.python, [script], { cwd: projectFolder, env }))
  const server = run('serve.py')
  const address = await server.nextLine()
  let operator: Script | undefined
  let before: Promise<unknown> = Promise.resolve()
  const order = (what: object): Promise<unknown> => {
    const asked = before.then(async () => {
      operator ??= run('people.py')
      return JSON.parse(await operator.ask(JSON.stringify(what)))
    })
    before = asked.catch(() => undefined)
    return asked
  }
  return {
    address,
    secret,
    issuer,
    database,
    env,
    make: (person) => order({ do: 'make', ...person }) as Promise<{ id: number; password: string }>,
    logIn: (username) => order({ do: 'log_in', username }) as Promise<TokenPair>,
    find: async (username) => ((await order({ do: 'find', username })) ?? undefined) as Found | undefined,
    disable: async (id) => void (await order({ do: 'disable', id })),
    delete: async (id) => void (await order({ do: 'delete', id })),
    async stop() {
      await Promise.all([server.end(), operator?.end()])
    },
  }
}

interface Script {
  nextLine(): Promise<string>
  ask(line: string): Promise<string>
  end(): Promise<void>
}

/** Both scripts end when their standard input does, so none outlives this process. */
function spawnScript(child: ChildProcessWithoutNullStreams): Script {
  const lines = createInterface({ input: child.stdout })
  const talk = text(child.stderr)
  const exited = once(child, 'exit')
  child.stdin.on('error', () => undefined)
  const nextLine = () => readLine(lines, exited, talk)
  return {
    nextLine,
    ask(line) {
      const answer = nextLine()
      child.stdin.write(`${line}\n`)
      return answer
    },
    async end() {
      child.stdin.end()
      await exited
    },
  }
}

async function readLine(lines: Interface, exited: Promise<unknown>, talk: Promise<string>): Promise<string> {
  const ended = exited.then(async () => Promise.reject(new Error(`the Django project ended:\n${await talk}`)))
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  return line
}
