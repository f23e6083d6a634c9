import { editsBetween } from '../config/environment/unknown-variables.ts'

/**
 * A hint for what was probably meant, with a space before it; empty where nothing is near.
 * @param before what stands before the name where it is typed
 */
export function suggestion(typed: string, known: readonly string[], before: string): string {
  const ranked = known
    .map((name) => ({ name, edits: name.startsWith(typed) ? 1 : editsBetween(typed, name) }))
    .sort((a, b) => a.edits - b.edits)
  const [nearest] = ranked
  return nearest && nearest.edits <= mostEdits(nearest.name) ? ` Did you mean ${before}${nearest.name}?` : ''
}

/** Two letters may change places in a word of four; three edits make any word of three letters. */
function mostEdits({ length }: string): number {
  return Math.min(Math.floor(length / 2), Math.max(2, Math.floor(length / 3)))
}
