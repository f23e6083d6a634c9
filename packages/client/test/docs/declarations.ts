import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A section of a reference page. */
export interface Part {
  heading: string
  text: string
  /** of each file, what of it is shown */
  shows: readonly (readonly [file: string, ...names: string[]])[]
}

/** A page made of the declarations and the comments that stand in the source. @param src where its files are */
export function makePage(src: string, { head, parts }: { head: string; parts: readonly Part[] }): string {
  const sections = parts.map(({ heading, text, shows }) => {
    const code = shows.flatMap(([file, ...names]) =>
      names.map((name) => declarationOf(join(src, `${file}.ts`), name)),
    )
    return `\n## ${heading}\n\n${text}\n\n\`\`\`ts\n${code.join('\n\n')}\n\`\`\`\n`
  })
  return head + sections.join('')
}

/** A declaration with its comment; of a function its signatures, of a class its fields and the signatures of its methods. */
function declarationOf(file: string, name: string): string {
  const text = readFileSync(file, 'utf8')
  const comment = String.raw`(?:^/\*\*(?:(?!\*/)[\s\S])*?\*/\n)?`
  const begin = String.raw`^export (?:interface|type|class|(?:async )?function) ${name}\b`
  const found = text.match(
    new RegExp(
      `${comment}${begin}[\\s\\S]*?(?=\\n\\n(?:/\\*\\*|export|const|function|interface|type)|\\n*$(?![\\s\\S]))`,
      'm',
    ),
  )
  if (!found) throw new Error(`${file} has no ${name}`)
  return withoutBody(found[0]).replaceAll(/^(export | {2}declare (?=readonly))/gm, (start) =>
    start[0] === ' ' ? '  ' : '',
  )
}

function withoutBody(text: string): string {
  if (/^export (async )?function/m.test(text)) {
    const [overloads = '', ...rest] = [text.replace(/ \{\n[\s\S]*$/, '')]
    // The last of several signatures is the implementation's.
    const lines = overloads.split('\n')
    const several = lines.filter((line) => /^export (async )?function/.test(line)).length > 1
    return [...(several ? lines.slice(0, -1) : lines), ...rest].join('\n')
  }
  return text
    .replace(/\n\n {2}constructor\([\s\S]*?^ {2}\}$/m, '')
    .replaceAll(/^( {2}\w+\(.*\): .*) \{\n[\s\S]*?^ {2}\}$/gm, '$1')
}
