import { web } from '../host.ts'

/** A place for one text. `localStorage` and React Native's AsyncStorage are such places as they are. */
export interface TokenStorage {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): unknown
}

/** The places that have a name. */
export type StorageName = 'local' | 'session' | 'memory'

/** A place, and who else sees it. */
export interface Place {
  storage: TokenStorage
  /** `all`: every tab sees the same text; `copies`: a tab that was duplicated has a copy; `none`: nobody else */
  shared: 'all' | 'copies' | 'none'
}

/**
 * The place of that name. Where the browser refuses it (blocked by the user, no such thing here), the memory: the
 * session then ends with the page.
 */
export function openPlace(wanted: StorageName | TokenStorage = 'local'): Place {
  if (typeof wanted === 'object') return { storage: wanted, shared: 'all' }
  const storage = wanted === 'memory' ? undefined : webStorage(wanted)
  if (!storage) return { storage: memoryStorage(), shared: 'none' }
  return { storage, shared: wanted === 'local' ? 'all' : 'copies' }
}

/** Reading the property alone throws where the user blocks it. Node has one that asks for a file: not taken. */
function webStorage(name: 'local' | 'session'): TokenStorage | undefined {
  try {
    const storage = web.document && web[`${name}Storage`]
    storage?.getItem('')
    return storage
  } catch {
    return undefined
  }
}

function memoryStorage(): TokenStorage {
  const texts = new Map<string, string>()
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => texts.set(key, value),
  }
}
