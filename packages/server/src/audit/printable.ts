/** Control characters, line and paragraph separators, and what turns the direction of text. */
const unprintable = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * The text with every character that could break a line, move a cursor or reorder what is read written as `\uXXXX`, so
 * that it stays harmless where a log line's JSON has been taken apart.
 * @see CWE-117
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
