import { type Config, localAddress } from '../../../config/config.ts'
import { CommandError } from '../../failure.ts'

/**
 * Where a browser on this machine reaches the server. With port 0 the system chose; everything else is as configured.
 * @param listening the address that the listener has
 */
export function publicAddress({ host, port }: Config, listening: string): string {
  return port === 0 ? listening : localAddress(host, port)
}

export interface Asked {
  host: string
  port: number
  /** what another port is written after: `countersign start --port ` */
  portIs: string
  /** what names the address: `--host` */
  hostIs: string
}

/**
 * What a person can do about an address that cannot be listened on.
 * @returns a CommandError, or what was thrown where it is something else
 */
export function listenFailure(thrown: unknown, { host, port, portIs, hostIs }: Asked): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return new CommandError(
        `Port ${port} on ${host} is taken: stop what listens there, or take another one: ${portIs}${nextPort(port)}`,
      )
    case 'EACCES':
      return new CommandError(`Port ${port} needs more rights than this user has. Take one above 1023.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CommandError(
        `${host} is no address of this machine. Give one with ${hostIs}: 127.0.0.1, or 0.0.0.0 for all.`,
      )
    default:
      return thrown
  }
}

function nextPort(port: number): number {
  return port < 65_535 ? port + 1 : 0
}
