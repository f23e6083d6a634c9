import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { AdminSession, SignedIn } from '../../api/answers.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../app/act.ts'
import type { useList } from '../../app/list.ts'
import { can } from '../../app/session.ts'
import { text } from '../../text/en.ts'
import { sayCode } from '../../text/say-code.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'

interface SessionListProps {
  list: ReturnType<typeof useList<AdminSession>>
  session: SignedIn
  empty: ComponentChildren
  /** whose they are is known */
  isOfOneUser?: boolean
}

const columns: readonly Column<AdminSession>[] = [
  {
    id: 'user',
    title: text.sessions.user,
    cell: ({ username }) => username ?? <span class="text-soft">{text.none}</span>,
  },
  { id: 'device', title: text.sessions.device, cell: ({ device }) => device },
  {
    id: 'address',
    title: text.sessions.address,
    isWide: true,
    cell: ({ address }) => <code class="font-mono text-xs">{address}</code>,
  },
  { id: 'used', title: text.sessions.lastUsed, cell: ({ last_used_at }) => <Time at={last_used_at} /> },
  {
    id: 'begun',
    title: text.sessions.begun,
    isWide: true,
    cell: ({ created_at }) => <Time at={created_at} />,
  },
  { id: 'state', title: text.sessions.state, cell: (one) => <State session={one} /> },
]

function State({ session: { live, current, revoked_reason } }: { session: AdminSession }) {
  if (current) return <Badge tone="good">{text.sessions.current}</Badge>
  if (live) return <Badge tone="good">{text.sessions.live}</Badge>
  return <Badge>{revoked_reason ? sayCode(revoked_reason) : text.sessions.ended}</Badge>
}

/** Sessions, each of which can be revoked by whoever may. */
export function SessionList({ list, session, empty, isOfOneUser = false }: SessionListProps) {
  const [asked, setAsked] = useState<AdminSession | undefined>()
  const revoke = useAct({
    run: ({ id }: AdminSession) => request(`sessions/${encodeURIComponent(id)}/`, { method: 'DELETE' }),
    changes: ['sessions/', 'user', 'audit/'],
    done: () => text.sessions.revoked,
    onDone: () => setAsked(undefined),
  })
  const act: Column<AdminSession> = {
    id: 'act',
    title: text.table.acts,
    hidesTitle: true,
    align: 'right',
    cell: (one) =>
      one.live && !one.current && <Button onClick={() => setAsked(one)}>{text.sessions.revoke}</Button>,
  }
  const shown = columns.filter(({ id }) => id !== 'user' || !isOfOneUser)
  return (
    <>
      <Table
        caption={text.screens.sessions}
        columns={can(session, 'sessions.revoke') ? [...shown, act] : shown}
        {...list}
        idOf={({ id }) => id}
        nameOf={({ device, username }) => `${username ?? ''} ${device}`}
        empty={empty}
      />
      {asked && (
        <Confirm
          title={text.sessions.revokeTitle}
          act={text.sessions.revoke}
          isBusy={revoke.isPending}
          onClose={() => setAsked(undefined)}
          onConfirm={() => revoke.mutate(asked)}
        >
          <p>
            {asked.username} · {asked.device} · {asked.address}
          </p>
          <p class="text-soft">{text.sessions.revokeMeans}</p>
        </Confirm>
      )}
    </>
  )
}
