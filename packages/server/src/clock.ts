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
 * the time it took.
 * @param read the common clock, epoch milliseconds
 */
export async function openSharedClock(
  read: () => Promise<number>,
  { clock, monotonic }: MachineClocks = machineClocks,
): Promise<SharedClock> {
  let offset = 0

  async function sync(): Promise<void> {
    const before = monotonic()
    const there = await read()
    offset = there - (before + monotonic()) / 2
  }

  const now = () => Math.round(monotonic() + offset)
  await sync()
  return { now, sync, skewMs: () => clock() - now() }
}
