import type { Audit } from '../../../audit/events.ts'
import { openLog } from '../../../audit/log.ts'
import type { Config } from '../../../config/config.ts'

export type ProcessLog = Awaited<ReturnType<typeof openLog>>

/**
 * The log of one process.
 * @param worker its number, where several processes write to one stdout
 */
export function openProcessLog(config: Config, worker?: number): Promise<ProcessLog> {
  const pretty = isPretty(config)
  return openLog({ level: config.logLevel, pretty, ...(worker !== undefined && { worker }) })
}

function isPretty({ logFormat }: Config): boolean {
  return logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY === true)
}

/**
 * A mistake of ours ends the request that met it and no other: what is acknowledged is on disk, whatever is lost here.
 * Called once the process serves; until then a mistake ends it.
 */
export function surviveFaults(log: Audit): void {
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error) => log.record('server.fault', { error }))
  }
}
