/**
 * Tells how alike two texts are, from 0 to 1, by the code points they share, whatever their order: twice the size of
 * the multisets' intersection over the sum of the lengths. Two empty texts are alike. Takes linear time.
 * @see difflib.SequenceMatcher.quick_ratio in Python's standard library
 */
export function quickRatio(left: string, right: string): number {
  const available = new Map<string, number>()
  for (const character of right) available.set(character, (available.get(character) ?? 0) + 1)
  let shared = 0
  for (const character of left) {
    const remaining = available.get(character) ?? 0
    if (remaining > 0) shared += 1
    available.set(character, remaining - 1)
  }
  const length = [...left].length + [...right].length
  return length === 0 ? 1 : (2 * shared) / length
}
