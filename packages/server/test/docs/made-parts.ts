/** Parts of a page that are made from the program, by name; in the page each stands between two comments. */
export type MadeParts = ReadonlyMap<string, string>

const part = /^<!-- made: (.+) -->\n[\s\S]*?^<!-- \/made -->$/gm

/** The names of the made parts that a page has room for, in its order. */
export function madePartsOf(text: string): string[] {
  return [...text.matchAll(part)].map(([, name = '']) => name)
}

/** The page with every part made anew; a part that nobody makes is left empty, so that the comparison fails. */
export function withMadeParts(text: string, made: MadeParts): string {
  return text.replace(
    part,
    (_, name: string) => `<!-- made: ${name} -->\n\n${made.get(name) ?? ''}\n\n<!-- /made -->`,
  )
}

/** A Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}
