import { useQuery } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import type { AdminKey, Keys as KeysAnswer, SignedIn } from '../../api/answers.ts'
import { get, request } from '../../api/request.ts'
import { useAct } from '../../app/act.ts'
import { can } from '../../app/session.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Copied } from '../../ui/fields.tsx'
import { type Column, EmptyList, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'

const columns: readonly Column<AdminKey>[] = [
  { id: 'state', title: text.keys.state, cell: ({ state }) => <State state={state} /> },
  {
    id: 'kid',
    title: text.keys.kid,
    cell: ({ kid }) => (
      <span class="inline-block max-w-36">
        <Copied value={kid} />
      </span>
    ),
  },
  { id: 'algorithm', title: text.keys.algorithm, isWide: true, cell: ({ algorithm }) => algorithm },
  {
    id: 'created',
    title: text.keys.created,
    isWide: true,
    cell: ({ created_at }) => <Time at={created_at} />,
  },
  {
    id: 'since',
    title: text.keys.since,
    isWide: true,
    cell: ({ activated_at }) => <Time at={activated_at} none="–" />,
  },
  {
    id: 'until',
    title: text.keys.until,
    isWide: true,
    cell: ({ retires_at }) => <Time at={retires_at} none="–" />,
  },
]

function State({ state }: { state: AdminKey['state'] }) {
  return (
    <span class="inline-flex flex-wrap items-center gap-x-2">
      <Badge tone={state === 'current' ? 'good' : 'plain'}>{text.keys.states[state]}</Badge>
      <span class="text-xs text-soft">{text.keys.stateHints[state]}</span>
    </span>
  )
}

const revoking: Column<AdminKey> = {
  id: 'act',
  title: text.table.acts,
  hidesTitle: true,
  align: 'right',
  cell: (key) => key.state !== 'retired' && <Revoke kid={key.kid} />,
}

function Revoke({ kid }: { kid: string }) {
  const [isAsked, setAsked] = useState(false)
  const revoke = useAct({
    run: () => request(`keys/${encodeURIComponent(kid)}/revoke/`, { method: 'POST' }),
    changes: ['keys/', 'audit/'],
    done: () => text.keys.revoked,
    onDone: () => setAsked(false),
  })
  return (
    <>
      <Button look="danger" onClick={() => setAsked(true)}>
        {text.keys.revoke}
      </Button>
      {isAsked && (
        <Confirm
          title={text.keys.revokeTitle}
          act={text.keys.revoke}
          typed={kid.slice(0, 6)}
          isBusy={revoke.isPending}
          onClose={() => setAsked(false)}
          onConfirm={() => revoke.mutate()}
        >
          <p>{text.keys.revokeMeans}</p>
        </Confirm>
      )}
    </>
  )
}

/** What signs access tokens, what will, and what did. */
export function Keys({ session }: { session: SignedIn }) {
  const keys = useQuery({
    queryKey: ['keys/'],
    queryFn: ({ signal }) => get<KeysAnswer>('keys/', {}, signal),
  })
  const schedule = keys.data?.schedule
  return (
    <Page
      title={text.screens.keys}
      lead={
        schedule && (
          <>
            {text.keys.byItself}: <Time at={schedule.rotates_at} none={text.keys.never} />
          </>
        )
      }
      acts={
        <>
          <a
            class="inline-flex min-h-9 items-center px-2 text-sm font-medium text-accent hover:underline"
            href="/.well-known/jwks.json"
          >
            {text.keys.jwks}
          </a>
          {can(session, 'keys.change') && <Rotate rotatableAt={schedule?.rotatable_at ?? null} />}
        </>
      }
    >
      <Card>
        <Table
          caption={text.screens.keys}
          columns={can(session, 'keys.change') ? [...columns, revoking] : columns}
          rows={keys.data?.items}
          error={keys.error}
          onRetry={() => void keys.refetch()}
          idOf={({ kid }) => kid}
          nameOf={({ kid }) => kid}
          empty={<EmptyList isFiltered={false} />}
        />
      </Card>
    </Page>
  )
}

function Rotate({ rotatableAt }: { rotatableAt: string | null }) {
  const [isAsked, setAsked] = useState(false)
  const isEarly = rotatableAt !== null && Date.parse(rotatableAt) > Date.now()
  const rotate = useAct({
    run: () =>
      request('keys/rotate/', { method: 'POST', body: { when: isEarly ? 'at_once' : 'once_known' } }),
    changes: ['keys/', 'audit/'],
    done: () => text.keys.rotated,
    onDone: () => setAsked(false),
  })
  return (
    <>
      <Button look="main" onClick={() => setAsked(true)}>
        {text.keys.rotate}
      </Button>
      {isAsked && (
        <Confirm
          title={text.keys.rotateTitle}
          act={text.keys.rotate}
          isBusy={rotate.isPending}
          onClose={() => setAsked(false)}
          onConfirm={() => rotate.mutate()}
        >
          <p>{text.keys.rotateMeans}</p>
          {isEarly && (
            <p class="text-warn">
              {text.keys.notYet} <Time at={rotatableAt} />
            </p>
          )}
        </Confirm>
      )}
    </>
  )
}
