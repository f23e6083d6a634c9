/** The object that a text is, undefined for every other text. */
export function parseObject(text: string | null): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text ?? '') as unknown
    return typeof value === 'object' && value ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
