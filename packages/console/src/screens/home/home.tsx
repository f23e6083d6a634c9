import { useQuery } from '@tanstack/preact-query'
import { Link } from 'wouter-preact'
import type { AdminEvent, Counts, Home as HomeAnswer, SignedIn } from '../../api/answers.ts'
import { get } from '../../api/request.ts'
import { useList } from '../../app/list.ts'
import { useFilters } from '../../app/search.ts'
import { can } from '../../app/session.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Chart } from '../../ui/chart.tsx'
import { Select } from '../../ui/fields.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Empty, Failure, Skeleton } from '../../ui/states.tsx'
import { EventList } from '../audit/event-list.tsx'

const hourName = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' })
const dayName = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

const charts = [
  { of: 'logins', title: text.home.logins, tone: 'accent' },
  { of: 'failures', title: text.home.failures, tone: 'warn' },
  { of: 'registrations', title: text.home.registrations, tone: 'accent' },
  { of: 'reuse', title: text.home.reuse, tone: 'bad' },
  { of: 'throttled', title: text.home.throttled, tone: 'warn' },
] as const

/** How it goes, what needs a look, and what to do next. */
export function Home({ session }: { session: SignedIn }) {
  const { values, set } = useFilters(['span'])
  const home = useQuery({
    queryKey: ['home/'],
    queryFn: () => get<HomeAnswer>('home/'),
    refetchInterval: 30_000,
  })
  if (home.error && !home.data) return <Failure error={home.error} onRetry={() => void home.refetch()} />
  if (!home.data) return <Skeleton />
  const isMonth = values.span === 'month'
  const counts = isMonth ? home.data.days : home.data.hours
  const name = (at: string) => (isMonth ? dayName : hourName).format(Date.parse(at))
  return (
    <Page
      title={text.screens.home}
      acts={
        <Select
          label={text.home.span}
          value={values.span}
          options={[
            { value: '', label: text.home.day },
            { value: 'month', label: text.home.month },
          ]}
          onChange={(span) => set({ span })}
        />
      }
    >
      <Warnings warnings={home.data.warnings} />
      <div class="grid gap-4 sm:grid-cols-2 xl:grid-cols-5">
        {charts.map(({ of, title, tone }) => (
          <Card key={of}>
            <Chart title={title} tone={tone} name={name} points={pointsOf(counts, of)} />
          </Card>
        ))}
      </div>
      {can(session, 'audit.read') && <Lately />}
    </Page>
  )
}

function pointsOf(counts: readonly Counts[], of: (typeof charts)[number]['of']) {
  return counts.map((one) => ({ at: one.from, count: one[of] }))
}

function Warnings({ warnings }: Pick<HomeAnswer, 'warnings'>) {
  if (warnings.length === 0) return <p class="text-sm text-soft">{text.home.allWell}</p>
  return (
    <Card title={text.home.warnings}>
      <ul class="divide-y divide-line">
        {warnings.map(({ code, detail, todo }) => (
          <li key={code} class="flex gap-3 px-4 py-3 text-sm">
            <Icon name="warning" className="mt-0.5 size-5 text-warn" />
            <span>
              <span class="block font-medium">{detail}</span>
              <span class="block text-soft">{todo}</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Lately() {
  const list = useList<AdminEvent>('audit/', { limit: 8 })
  const { more: _, ...shown } = list
  return (
    <Card
      title={text.home.recent}
      acts={
        <Link href="/audit" class="text-sm text-accent">
          {text.home.allEvents}
        </Link>
      }
    >
      <EventList list={{ ...shown, more: undefined }} empty={<Empty title={text.states.empty} />} />
    </Card>
  )
}
