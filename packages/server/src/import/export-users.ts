import type { Store } from '../store/store.ts'
import { toRecord } from './user-row.ts'
import { recordLine } from './write-record.ts'

export interface ExportDeps {
  store: Pick<Store, 'listUsers' | 'listSessionsOfUser'>
}

export interface ExportManner {
  sessions: 'with' | 'without'
  /** epoch milliseconds: sessions that have ended by then stay behind */
  now: number
  /** told of every user */
  onUser: () => void
  /** stops the work between two pages */
  signal: AbortSignal
}

const pageRows = 500

/** Every user as a line of our own format, in the order of their ids, hashes and all. */
export async function* exportUsers({ store }: ExportDeps, manner: ExportManner): AsyncGenerator<string> {
  let after: string | undefined
  for (;;) {
    manner.signal.throwIfAborted()
    const users = await store.listUsers({ after, limit: pageRows })
    const lines = users.map(async (user) => {
      const wanted = manner.sessions === 'with' && user.is_active === 1
      return recordLine(toRecord(user, wanted ? await store.listSessionsOfUser(user.id, manner.now) : []))
    })
    for await (const line of lines) {
      manner.onUser()
      yield `${line}\n`
    }
    const last = users.at(-1)
    if (!last) return
    after = last.id
  }
}
