import { randomBytes } from 'node:crypto'
import type { RevokedSessions } from './revoked.ts'

/** How far a reader of the feed has read: in the words of the process that told him, and in words that all understand. */
export interface Position {
  process: string
  /** how many revocations that process had learnt of */
  learnt: number
  /** when the latest of them was, epoch milliseconds */
  newestAt: number
  /** of the latest ones, the same in every process that knows the same */
  fingerprint: string
}

/** Processes learn of each other's revocations within a second; and never later than this, as `follow.ts` has it. */
export const overlapMs = 60_000

/** How far the clocks of two processes may differ. */
const skewMs = 5_000

const cursorForm = /^([\w-]{12})\.(\d{1,15})\.(\d{1,15})\.([0-9a-z]{1,20})$/

export function cursorOf({ process, learnt, newestAt, fingerprint }: Position): string {
  return `${process}.${learnt}.${newestAt}.${fingerprint}`
}

/** @returns undefined where it is no cursor, or one from the future: so a clock that was set back hides nothing */
export function parseCursor(cursor: string | undefined, now: number): Position | undefined {
  const [, process, learnt, newestAt, fingerprint] = cursorForm.exec(cursor ?? '') ?? []
  if (process === undefined || fingerprint === undefined || Number(newestAt) > now + skewMs) return undefined
  return { process, learnt: Number(learnt), newestAt: Number(newestAt), fingerprint }
}

/** Where this process is, and where others are as it sees them. */
export interface Positions {
  current(): Position
  isOurs(position: Position): boolean
  /** whether a reader who is there knows all that this process knows; of another process, as far as can be told */
  knowNothingAfter(position: Position): boolean
}

/** The positions of this process, which has a name of its own. */
export function createPositions(revoked: RevokedSessions): Positions {
  const process = randomBytes(9).toString('base64url')
  let held: (Position & { size: number }) | undefined

  function current(): Position {
    const [learnt, size] = [revoked.learnt(), revoked.size()]
    if (held?.learnt === learnt && held.size === size) return held
    const newestAt = revoked.newestAt()
    const latest = revoked.revokedAfter(newestAt - overlapMs)
    held = { process, learnt, size, newestAt, fingerprint: fingerprintOf(latest) }
    return held
  }

  const isOurs = (position: Position) => position.process === process
  return {
    current,
    isOurs,
    knowNothingAfter(position) {
      const ours = current()
      if (isOurs(position)) return position.learnt === ours.learnt
      // Whoever is ahead of us has read another process, which we are about to catch up with.
      return (
        position.newestAt > ours.newestAt ||
        (position.newestAt === ours.newestAt && position.fingerprint === ours.fingerprint)
      )
    },
  }
}

/** Their number and the last 32 bits of their ids, which are random: whatever order they were learnt in. */
function fingerprintOf(sessionIds: readonly string[]): string {
  const mixed = sessionIds.reduce((mix, id) => mix ^ Number.parseInt(id.slice(-8), 16), 0)
  return `${sessionIds.length.toString(36)}x${(mixed >>> 0).toString(36)}`
}
