/* Loaded before the program: a machine whose clock is wrong. */
const right = Date.now
const aheadMs = Number(process.env.CLOCK_AHEAD_MS)
Date.now = () => right() + aheadMs
