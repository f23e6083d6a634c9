import { useQuery } from '@tanstack/preact-query'
import type { System as SystemAnswer } from '../../api/answers.ts'
import { get } from '../../api/request.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Facts } from '../../ui/fields.tsx'
import { Failure, Skeleton } from '../../ui/states.tsx'

const duration = new Intl.NumberFormat('en', { style: 'unit', unit: 'minute', unitDisplay: 'long' })

/** What runs here, and how it is. */
export function System() {
  const system = useQuery({
    queryKey: ['system/'],
    queryFn: () => get<SystemAnswer>('system/'),
    refetchInterval: 15_000,
  })
  if (system.error && !system.data)
    return <Failure error={system.error} onRetry={() => void system.refetch()} />
  if (!system.data) return <Skeleton />
  const { version, node, mode, database, issuer, uptime_seconds, pending_migrations, checks } = system.data
  return (
    <Page title={text.screens.system}>
      <Card title={text.system.health}>
        <ul class="divide-y divide-line">
          {checks.map(({ name, ok, detail }) => (
            <li key={name} class="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
              <Badge tone={ok ? 'good' : 'bad'}>{ok ? text.system.ok : text.system.failed}</Badge>
              <span class="font-medium">{name}</span>
              <span class="text-soft">{detail}</span>
            </li>
          ))}
        </ul>
      </Card>
      <Card>
        <div class="p-4">
          <Facts
            facts={[
              [text.system.version, version],
              [text.system.node, node],
              [text.system.mode, mode],
              [text.system.database, database],
              [text.system.issuer, issuer],
              [text.system.uptime, duration.format(Math.floor(uptime_seconds / 60))],
              [
                text.system.migrations,
                pending_migrations.length === 0
                  ? text.system.upToDate
                  : text.system.pending(pending_migrations.length),
              ],
            ]}
          />
        </div>
      </Card>
    </Page>
  )
}
