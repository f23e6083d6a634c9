import type { ManagementDeps } from '../../../app/management.ts'
import { listenFailure } from './listening.ts'

/** The listener for operators. */
export interface Management {
  /** that it really has: with port 0 the system chose */
  address: string
  close(): Promise<void>
}

/** Whoever reads metrics at this moment gets them whole. */
const drainMs = 1_000

/**
 * Opens the management listener, where the settings ask for one.
 * @throws CommandError where it cannot listen
 */
export async function openManagement(deps: ManagementDeps): Promise<Management | undefined> {
  const { managementHost: host, managementPort: port } = deps.config
  if (port === undefined) return undefined
  // A primary process loads what answers requests only if it has to.
  const { createManagementServer } = await import('../../../app/management.ts')
  const server = await createManagementServer(deps)
  try {
    return { address: await server.listen({ host, port }), close: () => server.close(drainMs) }
  } catch (thrown) {
    const settings = { portIs: 'COUNTERSIGN_MANAGEMENT_PORT=', hostIs: 'COUNTERSIGN_MANAGEMENT_HOST' }
    throw listenFailure(thrown, { host, port, ...settings })
  }
}
