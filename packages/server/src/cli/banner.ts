import { isIP } from 'node:net'
import { relative } from 'node:path'
import type { Deployment } from '../app/deployment.ts'
import type { Config } from '../config/config.ts'
import { version } from '../version.ts'
import { pairsText } from './terminal/table.ts'
import type { Terminal } from './terminal/terminal.ts'

type Marker = Pick<Terminal, 'mark'>

/** Where a server that was just started is reached from this machine. */
export interface Places {
  /** the public listener */
  api: string
  /** the one for operators */
  management: string | undefined
}

/**
 * What `dev` shows when it listens: where everything is, and three lines that work when they are pasted into a shell
 * one after the other.
 */
export function devBanner(
  { mark }: Marker,
  { api: address, management }: Places,
  {
    config,
    keyRing,
    firstOwnerToken,
  }: Pick<Deployment, 'config' | 'keyRing'> & { firstOwnerToken: string | undefined },
): string {
  const key = keyRing.rows().find((row) => row.state === 'current')
  const places = pairsText(
    [
      ['API', `${address}/api/`],
      ['API reference', `${address}/docs`],
      ['OpenAPI', `${address}/openapi.json`],
      ['Public keys', `${address}/.well-known/jwks.json`],
      ...(management ? [['Metrics', `${management}/metrics`] as const] : []),
      ...consolePlaces(config, { address, management }),
      ...(config.smtp ? [] : [['Mail outbox', `${address}/dev/outbox`] as const]),
      ['Data folder', shownPath(config.dataFolder)],
      ['Signing key', `${key?.algorithm} ${shortKid(key?.kid ?? '')}`],
    ],
    '  ',
  )
  return [
    '',
    `  ${mark('bold', `Countersign ${version}`)} · development · ${storeText(config)}`,
    '',
    places.replaceAll(/http\S+/g, (link) => mark('cyan', link)),
    ...firstLines(config, { address, management, token: firstOwnerToken }).map((line) => `\n  ${line}`),
    ...openWarning(config).map((line) => `\n  ${mark('yellow', line)}`),
    '',
    '  Try it: register, log in, call a protected route. Paste one line after the other:',
    '',
    ...tryLines(address).map((line) => `  ${line}`),
    '',
    `  ${mark('dim', 'Ctrl-C stops the server.')}`,
    '',
  ].join('\n')
}

interface Reached {
  address: string
  management: string | undefined
}

function consolePlaces({ console }: Config, { address, management }: Reached) {
  const at = console === 'management' ? management : address
  return console === 'off' || at === undefined ? [] : [['Admin console', `${at}/admin/`] as const]
}

/** What stands behind the `#` goes to no server and into no log. */
function firstLines(
  config: Config,
  { token, ...reached }: Reached & { token: string | undefined },
): string[] {
  const [place] = consolePlaces(config, reached)
  if (!place || token === undefined) return []
  return [`Become the first owner of the console (once, within 30 minutes):\n  ${place[1]}#first=${token}`]
}

/** What `start` says: a line, and one more where there is a management port. */
export function startLines({ api, management }: Places, config: Config): string {
  const workers = config.workers === 1 ? '' : `, ${config.workers} workers`
  const line = `Countersign ${version} serves ${config.issuer} on ${api} (production, ${storeText(config)}${workers})`
  return management ? `${line}\nMetrics and health are on ${management}` : line
}

/** Enough of a key's id to tell it from the others, and to name it to `keys revoke`. */
function shortKid(kid: string): string {
  return `${kid.slice(0, 8)}…`
}

/** Fields as a form: no quotes to escape, and every curl can send it. */
function tryLines(address: string): string[] {
  const form = `-d username=alice -d password=test1234`
  return [
    `curl -s ${address}/api/register/ ${form} -d email=alice@example.com; echo`,
    `TOKEN=$(curl -s ${address}/api/login/ ${form} | sed 's/.*"access":"\\([^"]*\\)".*/\\1/')`,
    `curl -s ${address}/api/protected/ -H "Authorization: Bearer $TOKEN"; echo`,
  ]
}

function storeText({ database, dataFolder }: Config): string {
  if (database.kind === 'postgres') return `PostgreSQL at ${database.host}`
  if (database.file === ':memory:') return 'SQLite in memory, gone when it stops'
  return database.file.startsWith(dataFolder) ? 'SQLite' : `SQLite ${shownPath(database.file)}`
}

function openWarning({ host }: Config): string[] {
  const isLocal = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  return isLocal ? [] : [`! Open to the network on ${host}: in production use countersign start, behind TLS.`]
}

/** As one would type it here. */
function shownPath(path: string): string {
  const fromHere = relative('', path)
  return fromHere.startsWith('..') || fromHere === '' ? path : `./${fromHere}`
}
