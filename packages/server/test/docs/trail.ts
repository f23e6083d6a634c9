import { type EventKind, events } from '../../src/audit/events.ts'
import { type MadeParts, markdownTable } from './made-parts.ts'

const words: Readonly<Record<EventKind['trail'], string>> = {
  kept: 'each one',
  bounded: 'all but a flood',
  log: 'none: the log alone has them',
}

/** The made part of the page: which events the trail keeps. */
export function trailParts(): MadeParts {
  const rows = Object.entries(words).map(([trail, word]) => {
    const names = Object.entries<EventKind>(events).flatMap(([name, kind]) =>
      kind.trail === trail ? [name] : [],
    )
    return [word, names.map((name) => `\`${name}\``).join(', ')]
  })
  return new Map([['kept', markdownTable(['kept', 'events'], rows)]])
}
