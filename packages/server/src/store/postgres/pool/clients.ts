import pg from 'pg'
import { kindOf, sqlState } from './faults.ts'

/** Connections of this process, made when they are needed, each for one work at a time. */
interface Clients {
  use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>
  counts(): { active: number; idle: number; waiting: number }
  /** closes them; those in use when their work is done */
  end(): Promise<void>
}

/**
 * A pool. A connection that met a fault of its own is closed, since nobody knows in what state it is. One that broke or
 * fell silent at its work was seldom the only one: after a failover that nobody was told of, all that were made before
 * are dead, and each would cost a request its time to find out. So none of them is used again.
 */
export function openClients(config: pg.PoolConfig): Clients {
  const pool = new pg.Pool(config)
  const numbers = new WeakMap<pg.PoolClient, number>()
  let made = 0
  let lost = 0
  pool.on('connect', (client) => {
    made += 1
    numbers.set(client, made)
    client.on('error', ignore)
  })
  // One that breaks while nobody uses it has left the pool already; one in use fails its query as well.
  pool.on('error', ignore)

  function isLost(client: pg.PoolClient): boolean {
    return (numbers.get(client) ?? 0) <= lost
  }

  async function connect(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await pool.connect()
      if (!isLost(client)) return client
      client.release(true)
    }
  }

  return {
    async use(work) {
      const client = await connect()
      try {
        const result = await work(client)
        client.release()
        return result
      } catch (thrown) {
        const kind = kindOf(thrown)
        if (kind === 'unavailable' && sqlState(thrown) === undefined && !isLost(client)) lost = made
        client.release(kind === 'unavailable' || kind === 'retry_elsewhere')
        throw thrown
      }
    },
    counts: () => ({
      active: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      // Where one is idle, who waits gets it at the end of this turn.
      waiting: Math.max(0, pool.waitingCount - pool.idleCount),
    }),
    end: () => pool.end(),
  }
}

function ignore(): void {}
