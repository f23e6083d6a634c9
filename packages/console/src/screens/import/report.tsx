import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Link } from 'wouter-preact'
import type { ImportReport } from '../../api/answers.ts'
import { Card } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Refusals } from './refusals.tsx'

/** What would become of the users in a file, or became of them; below it what one can do about it. */
export function Report({ report, children }: { report: ImportReport; children: ComponentChildren }) {
  const title = useRef<HTMLHeadingElement>(null)
  // Whoever waited for it, with eyes or ears, is there when it comes.
  useEffect(() => title.current?.focus(), [])
  return (
    <div class="flex flex-col gap-4">
      <h2 ref={title} tabIndex={-1} class="text-lg font-semibold outline-none">
        {report.dry_run ? text.import.wouldBe : text.import.was}
      </h2>
      <Tiles report={report} />
      <Notes report={report} />
      <div class="flex flex-wrap items-center gap-3">
        {children}
        {!report.dry_run && (
          <>
            <Link href="/users">{text.import.seeUsers}</Link>
            <Link href="/audit?event=users.imported">{text.import.seeEvent}</Link>
          </>
        )}
      </div>
      <div class="grid items-start gap-4 md:grid-cols-2">
        <Examples report={report} />
        <Hashes hashes={report.hashes} />
      </div>
      <Refusals report={report} />
    </div>
  )
}

function Tiles({ report: { dry_run, rows, counts } }: { report: ImportReport }) {
  const { created = 0, updated = 0, unchanged = 0, differs = 0, refused = 0 } = counts
  const tiles = [
    { name: text.import.rows, count: rows },
    { name: dry_run ? text.import.toCreate : text.import.created, count: created, look: 'text-good' },
    ...(updated > 0
      ? [{ name: dry_run ? text.import.toUpdate : text.import.updated, count: updated, look: 'text-good' }]
      : []),
    { name: text.import.there, count: unchanged + differs },
    { name: text.import.refused, count: refused, look: 'text-bad' },
  ]
  return (
    <dl class="grid grid-cols-2 gap-3 lg:grid-flow-col lg:auto-cols-fr lg:grid-cols-none">
      {tiles.map(({ name, count, look = '' }) => (
        <div key={name} class="flex flex-col rounded-xl border border-line bg-paper p-4">
          <dt class="text-sm text-soft">{name}</dt>
          <dd class={`text-2xl font-semibold tabular-nums tracking-tight ${count > 0 ? look : ''}`}>
            {count.toLocaleString('en')}
          </dd>
        </div>
      ))}
    </dl>
  )
}

const counted = [
  ...(['differs', 'weak_hash', 'unknown_hash', 'password_wrapped', 'password_none'] as const),
  'email_unclaimed',
] as const

/** What one should know before one goes on. */
function Notes({ report: { counts, staff, superusers } }: { report: ImportReport }) {
  const { people, notes } = text.import
  const told = [
    ...counted.map((name) => ({ count: counts[name] ?? 0, say: notes[name] })),
    { count: superusers, say: notes.superusers },
    { count: staff, say: notes.staff },
  ].flatMap(({ count, say }) => (count > 0 ? [say(people(count))] : []))
  const sessions = counts.sessions_created ?? 0
  const all = sessions > 0 ? [...told, notes.sessions(sessions)] : told
  if (all.length === 0) return null
  return (
    <Card>
      <ul class="divide-y divide-line">
        {all.map((note) => (
          <li key={note} class="flex gap-3 px-4 py-2.5 text-sm">
            <Icon name="warning" className="size-5 text-warn" />
            {note}
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** A look at some names tells whether the format was the right one. */
function Examples({ report: { dry_run, examples } }: { report: ImportReport }) {
  if (examples.length === 0) return null
  return (
    <Card title={dry_run ? text.import.examplesWould : text.import.examples}>
      <ul class="divide-y divide-line">
        {examples.map(({ id, username }) => (
          <li key={id} class="flex gap-3 px-4 py-2 text-sm">
            <span class="min-w-0 flex-1 truncate font-medium">
              {dry_run ? username : <Link href={`/users?user=${encodeURIComponent(id)}`}>{username}</Link>}
            </span>
            <code class="max-w-[50%] truncate font-mono text-xs text-soft">{id}</code>
          </li>
        ))}
      </ul>
    </Card>
  )
}

const tones = {
  ...({ current: 'good', older: 'plain', weak: 'warn', refused: 'warn' } as const),
  ...({ locked: 'bad', unusable: 'plain', unknown: 'bad' } as const),
}

function Hashes({ hashes }: Pick<ImportReport, 'hashes'>) {
  if (hashes.length === 0) return null
  return (
    <Card title={text.import.hashes}>
      <ul class="divide-y divide-line">
        {hashes.map(({ format, state, count }) => (
          <li key={`${format} ${state}`} class="flex items-center gap-3 px-4 py-2 text-sm">
            {format !== state && <code class="truncate font-mono text-xs">{format}</code>}
            <Badge tone={tones[state]}>{text.import.hashStates[state]}</Badge>
            <span class="flex-1 text-right tabular-nums">{count.toLocaleString('en')}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
