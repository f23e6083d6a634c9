import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Template, templates } from './catalogue.ts'
import { namesIn, placeholdersOf } from './placeholders.ts'
import { builtInSource, type Source } from './sources.ts'

/** The source of every letter, an operator's in the place of ours. */
export type Sources = Readonly<Record<Template, Source>>

/** Something wrong with an operator's texts, and what to do about it. */
interface Fault {
  what: string
  remedy: string
}

const parts = { '.subject.txt': 'subject', '.txt': 'text', '.html': 'html' } as const

/** Every name that a file of texts may have, and what it stands for. */
const files = new Map<string, { template: Template; part: keyof Source }>(
  templates.flatMap((template) =>
    Object.entries(parts).map(([ending, part]) => [`${template}${ending}`, { template, part }] as const),
  ),
)

const mostBytes = 262_144

/**
 * Our texts, and those of the folder in their places; each file stands for itself, so one may change a subject alone.
 * @returns also everything that is wrong with the files, all at once
 */
export function readSources(folder: string | undefined): { sources: Sources; faults: Fault[] } {
  const sources = Object.fromEntries(
    templates.map((template) => [template, builtInSource(template)]),
  ) as Record<Template, Source>
  if (folder === undefined) return { sources, faults: [] }
  const faults: Fault[] = []
  for (const file of namesOf(folder, faults)) {
    const known = files.get(file)
    if (known) sources[known.template][known.part] = readSource(join(folder, file), known, faults)
    else faults.push(unknownFile(folder, file))
  }
  return { sources, faults }
}

/** What editors and version control leave in a folder begins with a dot, and README explains. */
function namesOf(folder: string, faults: Fault[]): string[] {
  try {
    return readdirSync(folder).filter((file) => !/^\.|^README|~$/.test(file))
  } catch {
    faults.push({
      what: `COUNTERSIGN_MAIL_TEMPLATES names ${folder}, which cannot be read.`,
      remedy: 'Check the path and its permissions; it is a folder.',
    })
    return []
  }
}

function unknownFile(folder: string, file: string): Fault {
  return {
    what: `${join(folder, file)} is no text of a mail.`,
    remedy: `Name it <template>.subject.txt, .txt or .html, with a template of ${templates.join(', ')}; or take it out.`,
  }
}

function readSource(
  path: string,
  { template, part }: { template: Template; part: keyof Source },
  faults: Fault[],
): string {
  const text = textOf(path)
  if (text === undefined) {
    faults.push({
      what: `${path} cannot be read.`,
      remedy: `It is a file of at most ${mostBytes} bytes, in UTF-8.`,
    })
    return ''
  }
  faults.push(...faultsOf({ path, template, part, text }))
  return part === 'subject' ? text.trim() : text
}

function textOf(path: string): string | undefined {
  try {
    if (statSync(path).size > mostBytes) return undefined
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch {
    return undefined
  }
}

interface Given {
  path: string
  template: Template
  part: keyof Source
  text: string
}

function faultsOf({ path, template, part, text }: Given): Fault[] {
  const known = placeholdersOf(template)
  const listed = known.map((name) => `{{${name}}}`).join(', ')
  const used = namesIn(text)
  const unknown = [...new Set(used)].filter((name) => !known.includes(name))
  const faults = unknown.map((name) => ({
    what: `${path} has {{${name}}}, which nothing fills.`,
    remedy: `There are ${listed}.`,
  }))
  if (text.trim() === '')
    faults.push({ what: `${path} is empty.`, remedy: 'Write something, or take it out.' })
  if (part === 'subject' && /\n/.test(text.trim()))
    faults.push({ what: `${path} has more than one line.`, remedy: 'A subject is one line.' })
  if (part === 'subject') return faults
  const missing = ['link', 'code'].filter((name) => known.includes(name) && !used.includes(name))
  return [
    ...faults,
    ...missing.map((name) => ({
      what: `${path} lacks {{${name}}}.`,
      remedy: 'Without it its reader cannot do what the mail asks him to: put it in.',
    })),
  ]
}
