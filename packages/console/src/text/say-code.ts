/** A name that is meant for programs, as words: `reset_password` is `Reset password`. */
export function sayCode(code: string): string {
  const words = code.replaceAll(/[_-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
