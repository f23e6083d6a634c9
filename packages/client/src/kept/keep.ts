import type { Host } from '../host.ts'
import { endOf, isLater, isSignedIn, type Kept, parseKept } from './kept.ts'
import type { From, Known } from './known.ts'
import type { Place } from './storage.ts'

export interface KeepOptions {
  host: Host
  place: Place
  key: string
  known: Known
  failed(error: unknown): void
}

/** What is kept, here and in storage, and one order of both. */
export interface Keep {
  /** looks into the storage, takes what is later there, and puts right what is earlier there */
  look(): Promise<Kept | undefined>
  /** Keeps it unless something later is kept already: the commit guard. Resolves to what is kept then. */
  put(next: Kept): Promise<Kept>
  /** after the first look; at once where the storage answers at once */
  isLoaded(): boolean
  /** resolves then */
  loaded: Promise<unknown>
  close(): void
}

/**
 * Opens what is kept under that key. Every write is of something later than what is known and than what is stored, so
 * two tabs cannot undo one another, whoever sees whose write late; what slipped through is put right at the next look.
 */
export function openKeep({ host, place, key, known, failed }: KeepOptions): Keep {
  const { storage, shared } = place
  const channel = shared === 'none' ? undefined : host.openChannel?.(key, hear)
  /** it could not be written: what is stored does not count as later knowledge then */
  let unsaved = false
  let isLoaded = false

  async function save(next: Kept): Promise<void> {
    const text = JSON.stringify(next)
    try {
      await storage.setItem(key, text)
      unsaved = false
    } catch (error) {
      unsaved = true
      failed(error)
    }
    channel?.post(shared === 'copies' ? text : '')
  }

  async function look(): Promise<Kept | undefined> {
    try {
      const stored = storage.getItem(key)
      const text = stored && typeof stored !== 'string' ? await stored : stored
      const isBehind = weigh(known, parseKept(text), unsaved)
      const present = known.now()
      if (isBehind && present) await save(present)
    } catch (error) {
      failed(error)
    }
    isLoaded = true
    return known.now()
  }

  async function put(next: Kept, from: From): Promise<Kept> {
    const present = await look()
    if (present && !isLater(next, present)) return present
    known.adopt(next, from)
    await save(next)
    return known.now() ?? next
  }

  function hear(message: unknown): void {
    const told = parseKept(String(message))
    const present = known.now()
    // Tabs with copies may know different logins; of the same one they tell each other.
    const isOurs = told && present?.id === told.id && isLater(told, present)
    void (isOurs ? put(told, 'elsewhere') : look())
    // Another tab's cookie is seen here some milliseconds later than the word of it.
    host.setTimer(() => void look(), 200)
  }

  return {
    look,
    put: (next) => put(next, 'here'),
    isLoaded: () => isLoaded,
    loaded: look(),
    close: () => channel?.close(),
  }
}

/**
 * Takes what is stored if it is later than what is known. That somebody cleared the storage is meant, as a logout is.
 * @returns whether it is earlier, and had better be written anew
 */
function weigh(known: Known, stored: Kept | undefined, unsaved: boolean): boolean {
  const present = known.now()
  const next = stored ?? (!unsaved && isSignedIn(present) ? endOf(present, 'logout') : undefined)
  if (next && (!present || isLater(next, present))) known.adopt(next, 'elsewhere')
  return stored && present ? isLater(present, stored) : unsaved
}
