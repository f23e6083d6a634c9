import { useState } from 'preact/hooks'
import type { AdminEvent, ChainVerdict, SignedIn } from '../../api/answers.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../app/act.ts'
import { Download } from '../../app/download.tsx'
import { useList } from '../../app/list.ts'
import { useFilters } from '../../app/search.ts'
import { can } from '../../app/session.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { SearchField } from '../../ui/fields.tsx'
import { EmptyList } from '../../ui/table.tsx'
import { EventList } from './event-list.tsx'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/i

/** What happened, newest first, with the proof that nobody has changed it. */
export function Audit({ session }: { session: SignedIn }) {
  const { values, set, isFiltered } = useFilters(['event', 'request', 'user'])
  const list = useList<AdminEvent>('audit/', values)
  const search = (typed: string) =>
    set(uuid.test(typed) ? { request: typed, event: '' } : { event: typed, request: '' })
  return (
    <Page
      title={text.screens.audit}
      acts={
        can(session, 'audit.export') && (
          <>
            <Verify />
            <Download path="audit/export/" query={{}} label={text.audit.exportAll} />
          </>
        )
      }
    >
      <div class="flex flex-wrap items-center gap-4">
        <SearchField label={text.audit.search} value={values.event || values.request} onSearch={search} />
        {isFiltered && (
          <Button look="bare" onClick={() => set({ event: '', request: '', user: '' })}>
            {text.acts.clear}
          </Button>
        )}
      </div>
      <Card>
        <EventList
          list={list}
          empty={<EmptyList isFiltered={isFiltered}>{text.audit.emptyHint}</EmptyList>}
        />
      </Card>
    </Page>
  )
}

function Verify() {
  const [verdict, setVerdict] = useState<ChainVerdict | undefined>()
  const verify = useAct({
    run: async () => (await request<ChainVerdict>('audit/verify/', { method: 'POST' })).data,
    changes: [],
    onDone: setVerdict,
  })
  const count = verdict ? (verdict.last ?? 0) - (verdict.first ?? 1) + 1 : 0
  return (
    <span class="inline-flex items-center gap-2">
      {verdict && (
        <Badge tone={verdict.outcome === 'whole' ? 'good' : 'bad'}>
          {verdict.outcome === 'whole' ? text.audit.whole(count) : text.audit.broken(verdict.number)}
        </Badge>
      )}
      <Button isBusy={verify.isPending} onClick={() => verify.mutate()}>
        {text.audit.verify}
      </Button>
    </span>
  )
}
