/**
 * An instant for people to read, in UTC: `2027-01-15 08:00:00Z`.
 * @param at epoch milliseconds
 */
export function instantText(at: number): string {
  return `${isoText(at).replace('T', ' ').slice(0, 19)}Z`
}

/**
 * An instant for programs: RFC 3339 in UTC.
 * @param at epoch milliseconds
 */
export function isoText(at: number): string {
  return new Date(at).toISOString()
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/**
 * How long, in the largest unit that fits, rounded down: `45 s`, `14 min`, `3 h`, `6 d`.
 * @param ms milliseconds
 */
export function durationText(ms: number): string {
  const unit = units.find(([, size]) => ms >= size)
  return unit ? `${Math.floor(ms / unit[1])} ${unit[0]}` : `${Math.max(0, Math.floor(ms / 1000))} s`
}
