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
import { ClearFilters, DayField, SearchField, Select } from '../../ui/fields.tsx'
import { EmptyList } from '../../ui/table.tsx'
import { EventList } from './event-list.tsx'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/i

const names = ['event', 'request', 'user', 'actor', 'result', 'since', 'until', 'number'] as const

const results = [
  { value: '', label: text.all },
  ...(['ok', 'refused', 'failed'] as const).map((value) => ({ value, label: text.audit.results[value] })),
]

/** A day begins and ends where the reader is. */
function instantOf(day: string, time: string): string {
  const at = Date.parse(`${day}T${time}`)
  return Number.isNaN(at) ? '' : new Date(at).toISOString()
}

/** What happened, newest first, with the proof that nobody has changed it. */
export function Audit({ session }: { session: SignedIn }) {
  const { values, set, type, isFiltered, clear } = useFilters(names, { besides: ['number'] })
  const { number, since, until, ...asked } = values
  const span = { since: instantOf(since, '00:00'), until: instantOf(until, '23:59:59.999') }
  const list = useList<AdminEvent>('audit/', { ...asked, ...span })
  const search = (typed: string) =>
    type(uuid.test(typed) ? { request: typed, event: '' } : { event: typed, request: '' })
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
      <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
        <SearchField label={text.audit.search} value={values.event || values.request} onSearch={search} />
        <Select
          label={text.audit.result}
          value={values.result}
          options={results}
          onChange={(result) => set({ result })}
        />
        <DayField label={text.audit.since} value={since} onChange={(day) => set({ since: day })} />
        <DayField label={text.audit.until} value={until} onChange={(day) => set({ until: day })} />
        {isFiltered && <ClearFilters onClear={clear} />}
      </div>
      <Card>
        <EventList
          list={list}
          opened={{ number, onOpen: (number) => set({ number }) }}
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
    <>
      {verdict && (
        <Badge tone={verdict.outcome === 'whole' ? 'good' : 'bad'}>
          {verdict.outcome === 'whole' ? text.audit.whole(count) : text.audit.broken(verdict.number)}
        </Badge>
      )}
      <Button isBusy={verify.isPending} onClick={() => verify.mutate()}>
        {text.audit.verify}
      </Button>
    </>
  )
}
