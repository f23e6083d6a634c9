/** Fetches as it does, but where nothing answers it says whom it asked and why that failed: `fetch failed` says neither. */
export function withReasons(fetchOf: typeof fetch): typeof fetch {
  return async (input, init) => {
    try {
      return await fetchOf(input, init)
    } catch (thrown) {
      const [address] = (input instanceof Request ? input.url : String(input)).split('?')
      throw new Error(`${address} does not answer: ${reasonOf(thrown)}`, { cause: thrown })
    }
  }
}

/** The cause is the network's own word; of several attempts at one name it has no words but a code. */
function reasonOf(thrown: unknown): string {
  const { cause = thrown } = Object(thrown) as { cause?: unknown }
  const { message, code } = Object(cause) as { message?: string; code?: string }
  return message || code || String(thrown)
}
