import { useEffect, useState } from 'preact/hooks'
import { text } from '../text/en.ts'

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' })
const dateOnly = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]
/** Beyond it a date says more. */
const longAgoDays = 30

/** How long ago, or how long until: `3 hours ago`, `in 2 days`, and a date for what is far away. */
export function sayWhen(instant: number, now: number): string {
  const seconds = Math.round((instant - now) / 1000)
  if (Math.abs(seconds) > longAgoDays * 86_400) return dateOnly.format(instant)
  for (const [unit, length] of units)
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit)
  return seconds > 0 ? text.time.soon : text.time.justNow
}

/** The exact instant, in the reader's time zone and in UTC. */
export function sayExactly(instant: number): string {
  return `${exact.format(instant)} (${new Date(instant).toISOString()})`
}

const tickMs = 30_000

/** An instant, told by its distance and exactly on hover. `at` is an ISO 8601 text; nothing stands for none. */
export function Time({ at, none = text.time.never }: { at: string | null | undefined; none?: string }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs)
    return () => clearInterval(timer)
  }, [])
  if (!at) return <span class="text-soft">{none}</span>
  const instant = Date.parse(at)
  return (
    <time dateTime={at} title={sayExactly(instant)} class="whitespace-nowrap">
      {sayWhen(instant, now)}
    </time>
  )
}
