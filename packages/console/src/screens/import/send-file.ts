import type { ImportReport } from '../../api/answers.ts'
import { request } from '../../api/request.ts'
import { type Format, guessFormat, isSealed } from './guess.ts'

/** The server takes no larger one. */
const mostBytes = 33_554_432
const beginningBytes = 65_536

/** A file that was read as a whole: what is imported is what was examined, whatever becomes of it on the disk. */
export interface Chosen {
  name: string
  file: Blob
  format: Format
}

/** @returns why not, where it is not for the console */
export async function choose(given: File): Promise<Chosen | 'tooLarge' | 'sealed' | 'unreadable'> {
  if (given.size > mostBytes) return 'tooLarge'
  try {
    const file = new Blob([await given.arrayBuffer()])
    const beginning = await file.slice(0, beginningBytes).text()
    if (isSealed(beginning)) return 'sealed'
    return { name: given.name, file, format: guessFormat(beginning, given.name) }
  } catch {
    // A folder that was dropped, or a file that went away.
    return 'unreadable'
  }
}

/** How a file is to be imported. */
export interface Wishes {
  format: Format
  hashConfig: string
  update: boolean
  wrap: boolean
  unclaimed: boolean
  sessions: boolean
}

export const usualWishes = { hashConfig: '', update: false, wrap: false, unclaimed: false, sessions: false }

interface Sending {
  chosen: Chosen
  wishes: Wishes
  /** of a dry run, which the import in earnest must name; undefined for the dry run itself */
  seen: ImportReport | undefined
  signal: AbortSignal
}

/** Sends the file: to see what would happen, or, once that was seen, in earnest. */
export async function sendFile({ chosen, wishes, seen, signal }: Sending): Promise<ImportReport> {
  const { format, hashConfig, update, wrap, unclaimed, sessions } = wishes
  const query = {
    source: format,
    dry_run: String(seen === undefined),
    existing: update ? 'update' : 'keep',
    weak: wrap ? 'wrap' : 'refuse',
    taken_emails: unclaimed ? 'unclaimed' : 'refuse',
    sessions: sessions && format === 'countersign' ? 'with' : 'without',
  }
  // A field of a request's head is one line of ASCII.
  const parameters = hashConfig.replace(/[^\x20-\x7e]+/g, ' ').trim()
  const headers = {
    ...(seen && { 'content-digest': seen.content_digest }),
    ...(format === 'firebase' && parameters && { 'firebase-hash-config': parameters }),
  }
  const { data } = await request<ImportReport>('imports/', {
    ...{ method: 'POST', query, headers, file: chosen.file, signal },
  })
  return data
}
