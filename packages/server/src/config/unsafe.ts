import { isIPv4 } from 'node:net'
import { unknownVariables } from './environment/unknown-variables.ts'
import { isTold, type Problem } from './problem.ts'
import { settings } from './settings.ts'

interface Judged {
  issuer: string
  refreshTtlSeconds: number
  sessionTtlSeconds: number
  workers: number
  database: { kind: 'sqlite'; file: string } | { kind: 'postgres' }
}

/** What production refuses of settings that are each right by themselves. @param told what is wrong with them already */
export function unsafe(config: Judged, told: readonly Problem[]): Problem[] {
  const found: Problem[] = []
  if (!config.issuer && !isTold(settings.issuer.env, told)) {
    found.push({
      what: 'COUNTERSIGN_ISSUER is not set.',
      remedy: 'Set it to the public address of this deployment, for example https://auth.example.com',
    })
  } else if (config.issuer.startsWith('http:') && !isLoopback(config.issuer)) {
    found.push({
      what: `COUNTERSIGN_ISSUER is ${config.issuer}: passwords and tokens would cross the network in the clear.`,
      remedy: 'Put TLS in front and set the https address; plain http is for loopback addresses only.',
    })
  }
  if (config.refreshTtlSeconds > config.sessionTtlSeconds) {
    found.push({
      what: 'COUNTERSIGN_REFRESH_TTL is longer than COUNTERSIGN_SESSION_TTL.',
      remedy: 'Shorten the first or lengthen the second.',
    })
  }
  if (config.workers > 1 && config.database.kind === 'sqlite' && config.database.file === ':memory:') {
    found.push({
      what: `${settings.workers.env} is ${config.workers}, and the database is in memory: each worker would have its own.`,
      remedy: 'Set one worker, or take a database on disk: remove DATABASE_URL, or set it to sqlite:PATH.',
    })
  }
  return found
}

function isLoopback(issuer: string): boolean {
  const { hostname } = new URL(issuer)
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
}

/** Variables that look like settings and are none. */
export function misspelled(env: Readonly<Record<string, string | undefined>>): Problem[] {
  return unknownVariables(env).map(({ name, nearest }) => ({
    what: `${name} is no setting.`,
    remedy: nearest ? `Did you mean ${nearest}?` : 'Remove it.',
  }))
}
