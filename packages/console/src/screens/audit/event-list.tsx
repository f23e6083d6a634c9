import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { AdminEvent } from '../../api/answers.ts'
import type { useList } from '../../app/list.ts'
import { text } from '../../text/en.ts'
import { sayCode } from '../../text/say-code.ts'
import { Badge } from '../../ui/badge.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { EventDetail } from './event-detail.tsx'

const tones: Readonly<Record<string, 'good' | 'warn' | 'bad'>> = {
  ok: 'good',
  refused: 'warn',
  failed: 'bad',
}

const columns: readonly Column<AdminEvent>[] = [
  { id: 'time', title: text.audit.time, cell: ({ time }) => <Time at={time} /> },
  {
    id: 'event',
    isMain: true,
    title: text.audit.event,
    cell: ({ event }) => <code class="font-mono text-xs">{event}</code>,
  },
  {
    id: 'result',
    title: text.audit.result,
    cell: ({ result }) => <Badge tone={tones[result] ?? 'plain'}>{say(result)}</Badge>,
  },
  { id: 'user', title: text.audit.who, cell: ({ user_name, user_id }) => user_name ?? user_id ?? '' },
  {
    id: 'actor',
    title: text.audit.actor,
    isWide: true,
    cell: ({ actor_name, actor }) => actor_name ?? actor ?? '',
  },
  { id: 'from', title: text.audit.from, isWide: true, cell: ({ client_ip }) => client_ip ?? '' },
]

function say(result: string): string {
  const words: Readonly<Record<string, string>> = text.audit.results
  return words[result] ?? sayCode(result)
}

interface EventListProps {
  list: ReturnType<typeof useList<AdminEvent>>
  empty: ComponentChildren
  /** whose they are is known */
  isOfOneUser?: boolean
  /** where it is kept which one is open, if not here */
  opened?: { number: string; onOpen: (number: string) => void }
}

/** Events, newest first; each opens with all that is known of it. */
export function EventList({ list, empty, isOfOneUser = false, opened }: EventListProps) {
  const [own, setOwn] = useState('')
  const { number, onOpen } = opened ?? { number: own, onOpen: setOwn }
  return (
    <>
      <Table
        caption={text.screens.audit}
        columns={isOfOneUser ? columns.filter(({ id }) => id !== 'user') : columns}
        {...list}
        idOf={({ id }) => id}
        nameOf={({ event, number }) => `${event} ${number}`}
        onOpen={({ number }) => onOpen(String(number))}
        empty={empty}
      />
      {number && (
        <EventDetail
          key={number}
          number={number}
          known={list.rows?.find((row) => String(row.number) === number)}
          onClose={() => onOpen('')}
        />
      )}
    </>
  )
}
