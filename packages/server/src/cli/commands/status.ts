import { systemClock } from '../../clock.ts'
import { type Config, localAddress } from '../../config/config.ts'
import { databaseText } from '../../config/database/database-address.ts'
import { djangoKeyText } from '../../doctor/django-key.ts'
import { version } from '../../version.ts'
import { addressFlags, command } from '../command.ts'
import { UsageError } from '../failure.ts'
import { pairsText } from '../terminal/table.ts'
import { hasDatabase, noDatabase, toolConfig } from '../tools.ts'

const help = `Usage: countersign status [--output text|json|env] [--port N] [--host ADDRESS]
                          [--data FOLDER]

Says where everything is, and asks at the address whether a server is ready.

  --output env     the three variables that a resource server needs:
                   countersign status --output env >> .env
  --output json    the same as the text, for programs
  --port, --host, --data
                   as they were given to the server

The exit status is 0 if a server is ready, 1 if not; with --output env it is 1
only if there is neither a server nor a database.`

const timeoutMs = 3_000

/** `foreign` answers, but is not Countersign. */
type ServerState = 'ready' | 'not_ready' | 'foreign' | 'none'

/** What a server said when it was asked whether it is ready. */
export interface Answer {
  server: ServerState
  /** what it says of itself, a line each */
  checks: string[]
}

/** Where everything is, and whether it runs. */
export const status = command({
  name: 'status',
  help,
  flags: { ...addressFlags, output: { type: 'string' } },
  async run({ values, terminal }) {
    const { output = 'text' } = values
    const render = Object.hasOwn(renderers, output) ? renderers[output as keyof typeof renderers] : undefined
    if (!render) throw new UsageError('--output is one of text, json, env.')
    const config = toolConfig(values)
    const address = localAddress(config.host, config.port)
    const answer = await askServer(address)
    terminal.print(render({ ...factsOf(config, address), ...djangoFacts(config, systemClock()), ...answer }))
    const isNowhere = answer.server === 'none' && !hasDatabase(config)
    if (isNowhere) terminal.say(noDatabase(config))
    return answer.server === 'ready' || (output === 'env' && !isNowhere) ? 0 : 1
  },
})

function factsOf(config: Config, address: string) {
  const { issuer, audience, dataFolder, database } = config
  const jwks_uri = `${issuer}/.well-known/jwks.json`
  return { version, address, issuer, audience, jwks_uri, data: dataFolder, database: databaseText(database) }
}

/** Nothing where there is no such key. */
function djangoFacts({ djangoKey }: Config, now: number): { django_key?: string } {
  return djangoKey ? { django_key: djangoKeyText(djangoKey, now) } : {}
}

type Facts = ReturnType<typeof factsOf> & ReturnType<typeof djangoFacts> & Answer

const renderers = {
  text: textOf,
  json: (facts: Facts) => JSON.stringify(facts),
  env: ({ issuer, audience, jwks_uri }: Facts) =>
    [
      `COUNTERSIGN_ISSUER=${quoted(issuer)}`,
      `COUNTERSIGN_AUDIENCE=${quoted(audience)}`,
      `COUNTERSIGN_JWKS_URI=${quoted(jwks_uri)}`,
    ].join('\n'),
}

/** What a person reads of each state. */
export const states: Readonly<Record<ServerState, string>> = {
  ready: 'ready',
  not_ready: 'answers, but is not ready',
  foreign: 'something answers there that is not Countersign',
  none: 'no server answers there',
}

function textOf(facts: Facts): string {
  const { address, server, checks } = facts
  return [
    `${address}: ${states[server]}`,
    ...checks.map((check) => `  ${check}`),
    '',
    pairsText([
      ['API', `${address}/api/`],
      ['API reference', `${address}/docs`],
      ['OpenAPI', `${address}/openapi.json`],
      ['Public keys', facts.jwks_uri],
      ['Issuer', facts.issuer],
      ['Audience', facts.audience],
      ['Data folder', facts.data],
      ['Database', facts.database],
      ...(facts.django_key ? [['Django key', facts.django_key] as const] : []),
    ]),
  ].join('\n')
}

/**
 * Asks `/readyz`; never throws.
 * @param address with nothing behind its port or path; who does not answer within 3 seconds is not there
 */
export async function askServer(address: string): Promise<Answer> {
  try {
    const answer = await fetch(`${address}/readyz?verbose`, { signal: AbortSignal.timeout(timeoutMs) })
    return parseReadiness(await answer.text())
  } catch {
    return { server: 'none', checks: [] }
  }
}

/** One line for each check, and at the end the verdict. */
function parseReadiness(text: string): Answer {
  const lines = text.trimEnd().split('\n')
  const verdict = lines.pop()
  if (verdict !== 'ready' && verdict !== 'not ready') return { server: 'foreign', checks: [] }
  return { server: verdict === 'ready' ? 'ready' : 'not_ready', checks: lines }
}

/** For a shell and for dotenv alike; addresses need no quotes. */
function quoted(value: string): string {
  return /^[\w:/.@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}
