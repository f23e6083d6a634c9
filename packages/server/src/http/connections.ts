import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a server on its way out. */
export interface Connections {
  /** closes those between two requests, and those on which none ever began: Node takes the latter for busy */
  closeUnused(): void
}

/** Watches a server's connections from now on. */
export function watchConnections(server: Server): Connections {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return {
    closeUnused() {
      server.closeIdleConnections()
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
    },
  }
}
