const prefix = 'countersign.'

/** What this browser was told to keep under a name; undefined for nothing, or for what nobody can read. */
export function readKept(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(prefix + name) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** Keeps it, or forgets it where it is undefined. A browser that keeps nothing has it until the page is left. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(prefix + name)
    else localStorage.setItem(prefix + name, JSON.stringify(value))
  } catch {
    // Private windows may refuse to keep anything; the address has it as well.
  }
}
