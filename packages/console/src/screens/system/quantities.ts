const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

/** How much, in the unit that leaves a number from 1 to 1023: `68 KiB`, `1.5 GiB`. */
export function sayBytes(bytes: number): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${number.format(bytes / 1024 ** step)} ${units[step]}`
}

const spans = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** The two largest parts of a duration: `3 days 2 hours`, `12 minutes`, `5 seconds`. */
export function sayDuration(seconds: number): string {
  let rest = seconds
  const parts = spans.flatMap(([unit, length]) => {
    const count = Math.floor(rest / length)
    rest -= count * length
    return count > 0 ? [`${count} ${unit}${count === 1 ? '' : 's'}`] : []
  })
  return parts.slice(0, 2).join(' ') || '0 seconds'
}
