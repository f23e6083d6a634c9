import type { ChildProcess } from 'node:child_process'

/** What Node's own cluster code says to a worker when it hands it a connection, and hears when that has it. */
interface ClusterMessage {
  act?: string
  seq?: number
  ack?: number
}

/**
 * Closes the connection that was on its way to a worker when that died. Node forgets it: it would stay open in the
 * primary process, and its client would wait for ever instead of asking again.
 * @see lib/internal/cluster/round_robin_handle.js in Node: a handle is closed by the acknowledgement alone
 */
export function closeHandedConnections(worker: ChildProcess): void {
  const handed = new Map<number | undefined, { close(): void }>()
  const send = worker.send.bind(worker) as (...args: unknown[]) => boolean
  worker.send = (message: ClusterMessage, ...rest: unknown[]) => {
    if (message.act === 'newconn') handed.set(message.seq, rest[0] as { close(): void })
    return send(message, ...rest)
  }
  worker.on('internalMessage', ({ ack }: ClusterMessage) => handed.delete(ack))
  worker.once('exit', () => {
    for (const handle of handed.values()) handle.close()
  })
}
