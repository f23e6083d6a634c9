const firstMs = 60_000
const mostMs = 6 * 3_600_000

/** After so many attempts, some three days after the first, a mail is given up. */
export const mostAttempts = 20

/**
 * How long a mail rests that could not be sent: a minute, then twice as long each time, up to six hours; a quarter
 * more or less, so that what failed together does not come back together.
 * @param attempts how many there were, 1 or more
 * @param spread where in that quarter, 0 to 1
 * @returns milliseconds
 */
export function retryDelayMs(attempts: number, spread: number): number {
  const usual = Math.min(mostMs, firstMs * 2 ** (attempts - 1))
  return Math.round(usual * (0.75 + spread / 2))
}

/** A number from 0 to 1 that is another for each mail and always the same for one: the last 32 bits of its id. */
export function spreadOf(id: string): number {
  return Number.parseInt(id.slice(-8), 16) / 0xff_ff_ff_ff
}

const firstRestMs = 5_000
const mostRestMs = 60_000

/**
 * How long nothing is sent after the server could not be reached so many times in a row: 5 s, 10 s … a minute.
 * @returns milliseconds
 */
export function outageRestMs(failures: number): number {
  return Math.min(mostRestMs, firstRestMs * 2 ** (failures - 1))
}
