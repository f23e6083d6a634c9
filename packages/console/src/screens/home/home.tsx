import { useQuery } from '@tanstack/preact-query'
import { Link } from 'wouter-preact'
import type { AdminEvent, Home as HomeAnswer, SignedIn } from '../../api/answers.ts'
import { get } from '../../api/request.ts'
import { useList } from '../../app/list.ts'
import { useFilters } from '../../app/search.ts'
import { can } from '../../app/session.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Segments } from '../../ui/segments.tsx'
import { Empty, Failure, Skeleton } from '../../ui/states.tsx'
import { EventList } from '../audit/event-list.tsx'
import { Figures } from './figures.tsx'
import { Warnings } from './warnings.tsx'

/** How it goes, what needs a look, and what to do next. */
export function Home({ session }: { session: SignedIn }) {
  const { values, set } = useFilters(['span'])
  const home = useQuery({
    queryKey: ['home/'],
    queryFn: () => get<HomeAnswer>('home/'),
    refetchInterval: 30_000,
  })
  const span = values.span === 'month' ? 'month' : 'day'
  return (
    <Page
      title={text.screens.home}
      lead={text.home.lead}
      acts={
        <Segments
          label={text.home.span}
          value={span}
          options={[
            { value: 'day', label: text.home.day },
            { value: 'month', label: text.home.month },
          ]}
          onChange={(chosen) => set({ span: chosen === 'month' ? chosen : '' })}
        />
      }
    >
      {home.data ? (
        <>
          <Warnings warnings={home.data.warnings} session={session} />
          <Figures home={home.data} span={span} />
        </>
      ) : (
        <Card>
          {home.error ? <Failure error={home.error} onRetry={() => void home.refetch()} /> : <Skeleton />}
        </Card>
      )}
      {can(session, 'audit.read') && <Latest />}
    </Page>
  )
}

function Latest() {
  const { more: _, ...list } = useList<AdminEvent>('audit/', { limit: 8 })
  return (
    <Card
      title={text.home.recent}
      acts={
        <Link
          href="/audit"
          class="inline-flex min-h-9 items-center text-sm font-medium text-accent hover:underline"
        >
          {text.home.allEvents}
        </Link>
      }
    >
      <EventList list={{ ...list, more: undefined }} empty={<Empty title={text.states.empty} />} />
    </Card>
  )
}
