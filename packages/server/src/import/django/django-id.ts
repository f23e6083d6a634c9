/**
 * A key as tokens have it. Django writes a UUID into a database without such a type as 32 hexadecimal digits, and into a
 * token with its hyphens.
 */
export function djangoId(key: string): string {
  return key.replace(/^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/, '$1-$2-$3-$4-$5')
}
