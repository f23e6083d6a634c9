const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

/** How much, in the unit that leaves a number from 1 to 1023: `68 KiB`, `1.5 GiB`. */
export function sizeText(bytes: number): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${Math.round((bytes / 1024 ** step) * 10) / 10} ${units[step]}`
}
