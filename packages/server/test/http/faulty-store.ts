import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'

export interface FaultyStore {
  store: Store
  /** from now on every verb fails like this */
  failWith(fault: () => unknown): void
  /** and from now on none does */
  heal(): void
}

/** A store in memory whose verbs can be made to fail. */
export async function openFaultyStore(): Promise<FaultyStore> {
  const sound = await openSqliteStore({ file: ':memory:', now: 0 })
  let current: (() => unknown) | undefined
  const store = new Proxy(sound, {
    get(target, name, receiver) {
      if (current === undefined || name === 'close') return Reflect.get(target, name, receiver)
      return current
    },
  })
  return {
    store,
    failWith(fault) {
      current = fault
    },
    heal() {
      current = undefined
    },
  }
}
