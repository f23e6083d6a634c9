import type { WriteStream } from 'node:tty'
import type { Clock } from '../../clock.ts'
import { durationText } from '../../times.ts'

/** How far a work is, in whatever it counts. */
export interface Standing {
  /** what is being done; another one begins anew */
  label: string
  done: number
  total: number
}

/** A line at the bottom of the terminal that says how far a work is; where there is no terminal, nothing. */
export interface Progress {
  show(standing: Standing): void
  /** takes the line away; call it before anything else is said, and at the end, also of a work that failed */
  clear(): void
}

const redrawMs = 100
const eraseLine = '\r\u001b[K'
const usualColumns = 80

/** @param stream where the line is drawn: stderr, so that results can go into a pipe */
export function openProgress(
  stream: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>,
  clock: Clock,
): Progress {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined }
  let label: string | undefined
  let startedAt = 0
  let drawnAt = Number.NEGATIVE_INFINITY
  let isShown = false
  return {
    show(standing) {
      const now = clock()
      if (standing.label !== label) {
        label = standing.label
        startedAt = now
        drawnAt = Number.NEGATIVE_INFINITY
      }
      if (now - drawnAt < redrawMs) return
      drawnAt = now
      isShown = true
      const columns = stream.columns || usualColumns
      stream.write(`\r${progressLine({ ...standing, elapsedMs: now - startedAt, columns })}\u001b[K`)
    },
    clear() {
      if (isShown) stream.write(eraseLine)
      isShown = false
      drawnAt = Number.NEGATIVE_INFINITY
    },
  }
}

const mostBar = 30
const leastBar = 8

/** Earlier, a rate is chance. */
const settledMs = 1_000

/**
 * The line: label, bar, percent, count, rate, time left. It never fills the last column, where some terminals break the
 * line; what does not fit is left out, the bar first.
 */
export function progressLine(at: Standing & { elapsedMs: number; columns: number }): string {
  const { label, done, total, columns } = at
  const share = total > 0 ? Math.min(1, done / total) : 1
  const percent = `${Math.floor(share * 100)}%`.padStart(4)
  const facts = [label, percent, `${done} of ${total}`, ...estimates(at)]
  const room = columns - 1 - facts.join('  ').length - 2
  if (room >= leastBar) facts.splice(1, 0, bar(share, Math.min(room, mostBar)))
  while (facts.length > 1 && facts.join('  ').length >= columns) facts.pop()
  return facts.join('  ').slice(0, columns - 1)
}

function estimates({ done, total, elapsedMs }: Standing & { elapsedMs: number }): string[] {
  if (elapsedMs < settledMs || done === 0) return []
  const perMs = done / elapsedMs
  return [`${Math.round(perMs * 1000)}/s`, `${durationText(Math.max(0, total - done) / perMs)} left`]
}

function bar(share: number, width: number): string {
  const full = Math.floor(share * width)
  return '━'.repeat(full) + '─'.repeat(width - full)
}
