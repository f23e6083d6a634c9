import type { CountersignError } from './errors.ts'
import type { Host } from './host.ts'
import type { EndReason, Session } from './kept/kept.ts'
import type { From } from './kept/known.ts'

/** What happened to the session. `from` says whether in this tab. */
export type SessionEvent =
  /** once, when the storage has been read */
  | { type: 'loaded'; session: Session | null; from: From }
  | { type: 'signed_in'; session: Session; from: From }
  | { type: 'refreshed'; session: Session; from: From }
  /** `refused`: the server ended it; `logout`: somebody wished it, here or in another tab */
  | { type: 'signed_out'; session: null; from: From; reason: EndReason }

/** What else may interest a log. None of it changes the session. */
export type TroubleEvent =
  /** tried again after so many milliseconds, or when somebody needs a token then */
  | { type: 'refresh_failed'; error: CountersignError; retryInMs: number }
  /** the session lives on in this tab's memory, and is written at the next chance */
  | { type: 'storage_failed'; error: unknown }

export type ClientEvent = SessionEvent | TroubleEvent

/** Listeners, each called with every event; one that throws disturbs nobody else. */
export function createListeners<Event>({ setTimer }: Pick<Host, 'setTimer'>) {
  const listeners = new Set<(event: Event) => unknown>()
  return {
    add(listener: (event: Event) => unknown): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(event: Event): void {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          // It is the page's own fault and is reported as such, after our work is done.
          setTimer(() => {
            throw error
          }, 0)
        }
      }
    },
    clear: () => listeners.clear(),
  }
}
