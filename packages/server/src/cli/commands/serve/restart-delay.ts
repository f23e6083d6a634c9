const mostMs = 30_000

/** A worker that served for this long and then died was not dying of its start. */
export const longLifeMs = 10_000

/**
 * How long the place of a worker that died stays empty: it is filled at once, and then, if it keeps dying, after 1, 2,
 * 4 … 30 seconds.
 * @param deaths how many came before this one, none of them after a long life
 */
export function restartDelayMs(deaths: number): number {
  return deaths === 0 ? 0 : Math.min(mostMs, 1_000 * 2 ** (deaths - 1))
}
