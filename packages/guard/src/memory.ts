import type { Auth } from './auth.ts'

/** Verified tokens, found by the whole of their text: a token that differs in one character is another. */
export interface Memory {
  /** @param aliveAt epoch seconds: what has expired by then is forgotten, and counts as not found */
  find(token: string, aliveAt: number): Auth | undefined
  add(token: string, auth: Auth): void
  forgetAll(): void
  state(): { tokens: number; hits: number; misses: number }
}

/** @param most so many are remembered, the newest */
export function createMemory(most: number): Memory {
  const held = new Map<string, Auth>()
  const counts = { hits: 0, misses: 0 }
  return {
    find(token, aliveAt) {
      const auth = held.get(token)
      const isAlive = auth !== undefined && auth.expiresAt > aliveAt
      counts[isAlive ? 'hits' : 'misses'] += 1
      if (isAlive) return auth
      held.delete(token)
      return undefined
    },
    add(token, auth) {
      if (most === 0) return
      const [oldest] = held.keys()
      if (held.size >= most && oldest !== undefined) held.delete(oldest)
      held.set(token, auth)
    },
    forgetAll: () => held.clear(),
    state: () => ({ tokens: held.size, ...counts }),
  }
}
