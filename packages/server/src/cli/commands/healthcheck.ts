import { localAddress } from '../../config/config.ts'
import { address } from '../../config/parsers.ts'
import { command } from '../command.ts'
import { UsageError } from '../failure.ts'
import { toolConfig } from '../tools.ts'
import { type Answer, askServer, states } from './status.ts'

const help = `Usage: countersign healthcheck [--url ADDRESS]

Asks a server whether it is ready and says so in one line: the health check of a
container that has no curl. It asks on this machine, at the management port if
there is one and at the public one otherwise.

  --url ADDRESS    ask there instead, as http://127.0.0.1:9000, and read no
                   settings

The exit status is 0 if the server is ready, 1 if it is not, or does not say so
within 3 seconds.`

/** Whether a server is ready, for whoever restarts it or sends it requests. */
export const healthcheck = command({
  name: 'healthcheck',
  help,
  flags: { url: { type: 'string' } },
  async run({ values: { url }, terminal }) {
    const at = url === undefined ? ownAddress() : parseUrl(url)
    const answer = await askServer(at)
    terminal.print(`${at}: ${verdict(answer)}`)
    return answer.server === 'ready' ? 0 : 1
  },
})

/** A management port that the system chose is known to nobody but its server. */
function ownAddress(): string {
  const { host, port, managementHost, managementPort } = toolConfig({})
  return managementPort ? localAddress(managementHost, managementPort) : localAddress(host, port)
}

function parseUrl(text: string): string {
  const parsed = address(text)
  if ('value' in parsed) return parsed.value
  throw new UsageError(`--url is ${parsed.expected}.`)
}

/** On one line, with what is amiss: that is all that the log of a health check shows. */
function verdict({ server, checks }: Answer): string {
  const amiss = checks.filter((check) => !check.startsWith('[+] ')).map((check) => check.slice(4))
  return amiss.length === 0 ? states[server] : `${states[server]} (${amiss.join('; ')})`
}
