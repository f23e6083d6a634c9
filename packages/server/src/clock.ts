/** Tells the instant as epoch milliseconds. Handed down as an argument, so that a test can set it by hand. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

/** A clock that all processes of a deployment agree on, whatever their machines' clocks say. */
export interface SharedClock {
  now: Clock
  /** reads the common clock again */
  sync(): Promise<void>
  /** how far the machine's own clock is ahead of the common one, milliseconds */
  skewMs(): number
}

/** The machine's time, and one that only ever goes on, whoever sets the former. */
export interface MachineClocks {
  clock: Clock
  /** milliseconds since any instant */
  monotonic: Clock
}

export const machineClocks: MachineClocks = { clock: systemClock, monotonic: () => performance.now() }

/**
 * Follows a clock that is read from elsewhere (the database's): between two readings time goes on by the machine's
 * monotonic clock, so neither a wrong one nor one that is set meanwhile is seen. A reading is off by at most half of
 * the time it took; a slow one that agrees with what is known already changes nothing.
 * @param read the common clock, epoch milliseconds
 */
export async function openSharedClock(
  read: () => Promise<number>,
  { clock, monotonic }: MachineClocks,
): Promise<SharedClock> {
  let offset = Number.NEGATIVE_INFINITY

  async function sync(): Promise<void> {
    const before = monotonic()
    const there = await read()
    // It was read somewhere between asking and hearing: a database that hung says little about the time.
    const [least, most] = [there - monotonic(), there - before]
    if (offset < least || offset > most) offset = (least + most) / 2
  }

  const now = () => Math.round(monotonic() + offset)
  await sync()
  // The first answer had to wait for a connection; the second is exact.
  await sync()
  return { now, sync, skewMs: () => clock() - now() }
}
