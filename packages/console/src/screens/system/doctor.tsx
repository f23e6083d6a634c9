import { useQuery } from '@tanstack/preact-query'
import type { DoctorCheck, Doctor as Examination } from '../../api/answers.ts'
import { get } from '../../api/request.ts'
import { Card } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Failure, Skeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'

/** What should be mended first. */
const order = ['problem', 'warning', 'ok'] as const
const tones = { problem: 'bad', warning: 'warn', ok: 'good' } as const

/** What an examination of the deployment finds, and what to do about it; again at the press of a button. */
export function Doctor() {
  const found = useQuery({
    queryKey: ['system/doctor/'],
    queryFn: () => get<Examination>('system/doctor/'),
    // It greets the mail server, so it runs when somebody asks for it.
    ...{ staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
  })
  const again = () => void found.refetch()
  return (
    <Card
      title={text.system.doctor.title}
      acts={
        <Button isBusy={found.isFetching} onClick={again}>
          {found.isFetching ? text.system.doctor.running : text.system.doctor.run}
        </Button>
      }
    >
      {found.error && !found.isFetching ? (
        <Failure error={found.error} onRetry={again} />
      ) : found.data ? (
        <Findings items={found.data.items} at={found.dataUpdatedAt} />
      ) : (
        <Skeleton rows={5} />
      )}
    </Card>
  )
}

function Findings({ items, at }: { items: readonly DoctorCheck[]; at: number }) {
  const sorted = items.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  return (
    <>
      <p class="border-b border-line px-4 py-2.5 text-sm text-soft">
        <output>{sum(items)}</output> · <Time at={new Date(at).toISOString()} />
      </p>
      <ul class="divide-y divide-line">
        {sorted.map((check) => (
          <Finding key={`${check.name} ${check.what}`} check={check} />
        ))}
      </ul>
      <p class="border-t border-line px-4 py-2.5 text-xs text-soft">{text.system.doctor.leftOut}</p>
    </>
  )
}

function Finding({ check: { name, state, what, mend } }: { check: DoctorCheck }) {
  return (
    <li class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 px-4 py-2.5 text-sm sm:grid-cols-[5.5rem_8rem_1fr]">
      <span>
        <Badge tone={tones[state]}>{text.system.doctor.states[state]}</Badge>
      </span>
      <span class="font-medium">{name}</span>
      <span class="col-span-2 min-w-0 break-words sm:col-span-1">
        {what}
        {mend && (
          <span class="block text-soft">
            {text.system.doctor.mend} {mend}
          </span>
        )}
      </span>
    </li>
  )
}

function sum(items: readonly DoctorCheck[]): string {
  const count = (state: DoctorCheck['state']) => items.filter((one) => one.state === state).length
  return text.system.doctor.found(count('problem'), count('warning'))
}
