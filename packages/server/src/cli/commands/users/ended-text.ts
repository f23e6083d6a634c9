/** How many sessions ended with what was done. */
export function endedText(count: number): string {
  if (count === 0) return 'No session was open.'
  return count === 1 ? 'One session ended.' : `${count} sessions ended.`
}
