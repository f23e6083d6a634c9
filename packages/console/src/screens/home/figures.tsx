import type { Counts, Home } from '../../api/answers.ts'
import { Card } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Chart } from '../../ui/chart.tsx'

type Span = 'day' | 'month'

/** An hour in the reader's time zone; a day as the server counts it, from midnight to midnight in UTC. */
const names = {
  day: new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' }),
  month: new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }),
} as const
const ticks = {
  day: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }),
  month: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }),
} as const

const charts = [
  { of: 'logins', title: text.home.logins, tone: 'plain', isLarge: true },
  { of: 'failures', title: text.home.failures, tone: 'warn', isLarge: true },
  { of: 'registrations', title: text.home.registrations, tone: 'plain', isLarge: false },
  { of: 'reuse', title: text.home.reuse, tone: 'bad', isLarge: false },
  { of: 'throttled', title: text.home.throttled, tone: 'warn', isLarge: false },
] as const

/** What happened, as charts; and every number of them in a table, for whoever wants to read or copy it. */
export function Figures({ home, span }: { home: Home; span: Span }) {
  const counts = span === 'month' ? home.days : home.hours
  const nameOf = ({ from }: Counts) => names[span].format(Date.parse(from))
  return (
    <>
      <div class="grid gap-4 sm:grid-cols-2 xl:grid-cols-6">
        {charts.map(({ of, title, tone, isLarge }) => (
          <div
            key={of}
            class={`rounded-xl border border-line bg-paper shadow-cast ${isLarge ? 'xl:col-span-3 xl:min-h-60' : 'xl:col-span-2'}`}
          >
            <Chart
              title={title}
              tone={tone}
              span={text.home.last[span]}
              points={counts.map((one) => ({
                id: one.from,
                name: nameOf(one),
                tick: ticks[span].format(Date.parse(one.from)),
                count: one[of],
              }))}
            />
          </div>
        ))}
      </div>
      <Card>
        <details class="group">
          <summary class="flex min-h-11 cursor-pointer items-center px-4 text-sm font-medium -outline-offset-2 hover:bg-raised">
            {text.home.asTable}
          </summary>
          <Numbers counts={counts} nameOf={nameOf} span={span} />
        </details>
      </Card>
    </>
  )
}

interface NumbersProps {
  counts: readonly Counts[]
  nameOf: (one: Counts) => string
  span: Span
}

function Numbers({ counts, nameOf, span }: NumbersProps) {
  return (
    <section
      class="overflow-x-auto border-t border-line -outline-offset-2"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      aria-label={text.home.asTable}
    >
      <table class="w-full text-right text-sm tabular-nums">
        <caption class="sr-only">{text.home.last[span]}</caption>
        <thead class="text-xs text-soft">
          <tr>
            <th scope="col" class="px-4 py-2 text-left font-medium">
              {text.home.from[span]}
            </th>
            {charts.map(({ of, title }) => (
              <th key={of} scope="col" class="px-4 py-2 font-medium">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.toReversed().map((one) => (
            <tr key={one.from} class="border-t border-line">
              <th scope="row" class="px-4 py-1.5 text-left font-normal whitespace-nowrap">
                {nameOf(one)}
              </th>
              {charts.map(({ of }) => (
                <td key={of} class={`px-4 py-1.5 ${one[of] === 0 ? 'text-soft' : ''}`}>
                  {one[of].toLocaleString('en')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
