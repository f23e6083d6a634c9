import { useQuery } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import type { Receiver, Sent, SignedIn } from '../../api/answers.ts'
import { get, request } from '../../api/request.ts'
import { useAct } from '../../app/act.ts'
import { can } from '../../app/session.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { Empty } from '../../ui/states.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { tell } from '../../ui/toasts.tsx'

const columns: readonly Column<Receiver>[] = [
  { id: 'host', title: text.webhooks.host, cell: ({ host }) => host },
  {
    id: 'behind',
    title: text.webhooks.behind,
    cell: ({ behind }) => <Badge tone={behind === 0 ? 'good' : 'warn'}>{text.webhooks.events(behind)}</Badge>,
  },
  {
    id: 'position',
    title: text.webhooks.position,
    isWide: true,
    align: 'right',
    cell: ({ position }) => position ?? '–',
  },
]

/** Who is told of events, and how far each has come. */
export function Webhooks({ session }: { session: SignedIn }) {
  const [isReplayed, setReplayed] = useState(false)
  const receivers = useQuery({
    queryKey: ['webhooks/'],
    queryFn: () => get<{ items: Receiver[] }>('webhooks/'),
    refetchInterval: 10_000,
  })
  const test = useAct({
    run: () => send('webhooks/test/'),
    changes: ['webhooks/', 'audit/'],
    onDone: tellSent,
  })
  const maySend = can(session, 'webhooks.send') && (receivers.data?.items.length ?? 0) > 0
  return (
    <Page
      title={text.screens.webhooks}
      acts={
        maySend && (
          <>
            <Button onClick={() => setReplayed(true)}>{text.webhooks.replay}</Button>
            <Button isBusy={test.isPending} onClick={() => test.mutate()}>
              {text.webhooks.test}
            </Button>
          </>
        )
      }
    >
      <Card>
        <Table
          caption={text.screens.webhooks}
          columns={columns}
          rows={receivers.data?.items}
          error={receivers.error}
          onRetry={() => void receivers.refetch()}
          idOf={({ id }) => id}
          nameOf={({ host }) => host}
          empty={<Empty title={text.webhooks.none}>{text.webhooks.noneHint}</Empty>}
        />
      </Card>
      {isReplayed && <Replay onClose={() => setReplayed(false)} />}
    </Page>
  )
}

async function send(path: string, body: object = {}): Promise<Sent[]> {
  return (await request<{ items: Sent[] }>(path, { method: 'POST', body })).data.items
}

function tellSent(results: readonly Sent[]): void {
  for (const { host, count, fault } of results) {
    if (fault === null) tell(text.webhooks.took(host, count))
    else tell(text.webhooks.tookNot(host, fault), { tone: 'bad' })
  }
}

function Replay({ onClose }: { onClose: () => void }) {
  const replay = useAct({
    run: (since: string) => send('webhooks/replay/', { since }),
    changes: ['webhooks/', 'audit/'],
    onDone: (results) => {
      tellSent(results)
      onClose()
    },
  })
  return (
    <Modal title={text.webhooks.replayTitle} place="middle" onClose={onClose}>
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          const since = new FormData(event.currentTarget).get('since')
          replay.mutate(new Date(String(since)).toISOString())
        }}
      >
        <p class="text-sm text-soft">{text.webhooks.replayMeans}</p>
        <TextField label={text.webhooks.since} name="since" type="datetime-local" required autofocus />
        <div class="flex justify-end gap-2">
          <Button onClick={onClose}>{text.acts.cancel}</Button>
          <Button look="main" type="submit" isBusy={replay.isPending}>
            {text.webhooks.replay}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
