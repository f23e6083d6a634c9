/** Tells the instant as epoch milliseconds. Handed down as an argument, so that a test can set it by hand. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
