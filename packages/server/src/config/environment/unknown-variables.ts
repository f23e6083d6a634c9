import { settings } from '../settings.ts'
import { superuserVariables } from './superuser.ts'

/** A variable that is named like one of ours and is none. */
export interface UnknownVariable {
  name: string
  /** the one that was probably meant */
  nearest: string | undefined
}

const prefix = 'COUNTERSIGN_'

/** What Kubernetes tells every container about a Service that is called countersign. */
const serviceLink = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)/
const serviceAddress = /^(?:tcp|udp|sctp):\/\//

/**
 * The variables of the environment that a typing mistake makes worthless: `start` refuses them, `doctor` lists them.
 * Their values are looked at for what an orchestrator puts there, and never returned.
 */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): UnknownVariable[] {
  return Object.entries(env)
    .filter(([name]) => name.startsWith(prefix) && !known.has(name))
    .filter(([name, value]) => !serviceLink.test(name) && !serviceAddress.test(value ?? ''))
    .map(([name]) => ({ name, nearest: nearestTo(name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What `status --output env` writes for resource servers, which may share an environment with the server. */
const forResourceServers = ['COUNTERSIGN_JWKS_URI']

const known: ReadonlySet<string> = new Set([
  ...Object.values(settings).flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])),
  ...superuserVariables,
  ...forResourceServers,
])

/** Settings that lack our prefix are also found under it: COUNTERSIGN_PORT is PORT. */
const spellings = [...known].map((name) => ({
  spelled: name.startsWith(prefix) ? name : `${prefix}${name}`,
  meant: name,
}))

/** Further away than a third of its letters, the likeness is chance. */
function mostEdits(name: string): number {
  return Math.max(1, Math.floor((name.length - prefix.length) / 3))
}

function nearestTo(name: string): string | undefined {
  const ranked = spellings
    .map(({ spelled, meant }) => ({ meant, edits: editsBetween(name, spelled) }))
    .sort((a, b) => a.edits - b.edits)
  return ranked[0] && ranked[0].edits <= mostEdits(name) ? ranked[0].meant : undefined
}

/** Letters to insert, delete or replace: Levenshtein's distance, a row of the table at a time. */
export function editsBetween(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...a].entries()) {
    const line = [row + 1]
    for (const [column, other] of [...b].entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1)
      line.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1))
    }
    above = line
  }
  return above[b.length] ?? 0
}
