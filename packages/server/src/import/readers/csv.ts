/** What is wrong with a file as a whole; the message says it in a sentence. */
export class ReadError extends Error {}

/** A field may be quoted, and then holds commas, line breaks and doubled quotes. */
const quote = '"'

/**
 * The rows of a text in CSV as it comes, each as its fields; empty lines are left out.
 * @throws ReadError where the text ends inside quotes
 * @see RFC 4180
 */
export async function* csvRows(text: AsyncIterable<string>): AsyncGenerator<string[]> {
  let row: string[] = []
  let field = ''
  let state: 'plain' | 'quoted' | 'closed' = 'plain'
  const endRow = () => {
    const whole = [...row, field]
    row = []
    field = ''
    state = 'plain'
    return whole
  }
  for await (const part of text) {
    for (const sign of part) {
      if (state === 'quoted') {
        if (sign === quote) state = 'closed'
        else field += sign
      } else if (sign === quote && (state === 'closed' || field === '')) {
        // The second of two quotes inside quotes is one that is meant.
        if (state === 'closed') field += sign
        state = 'quoted'
      } else if (sign === ',') {
        row.push(field)
        field = ''
        state = 'plain'
      } else if (sign === '\n') {
        const whole = endRow()
        if (whole.length > 1 || whole[0] !== '') yield whole
      } else if (sign !== '\r') field += sign
    }
  }
  if (state === 'quoted') throw new ReadError('It ends inside quotes: is it cut off?')
  const last = endRow()
  if (last.length > 1 || last[0] !== '') yield last
}
