import { useQuery } from '@tanstack/preact-query'
import type { SignedIn, System as SystemAnswer } from '../../api/answers.ts'
import { get } from '../../api/request.ts'
import { can } from '../../app/session.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Facts } from '../../ui/fields.tsx'
import { Failure, Skeleton } from '../../ui/states.tsx'
import { Doctor } from './doctor.tsx'
import { sayBytes, sayDuration } from './quantities.ts'

/** What runs here, and how it is. */
export function System({ session }: { session: SignedIn }) {
  const system = useQuery({
    queryKey: ['system/'],
    queryFn: () => get<SystemAnswer>('system/'),
    refetchInterval: 15_000,
  })
  return (
    <Page title={text.screens.system}>
      {system.data ? (
        <>
          <Health checks={system.data.checks} />
          {can(session, 'system.examine') && <Doctor />}
          <div class="grid items-start gap-4 xl:grid-cols-2">
            <Facing title={text.system.running} facts={runningFacts(system.data)} />
            <Facing title={text.system.database} facts={databaseFacts(system.data)} />
          </div>
        </>
      ) : (
        <Card>
          {system.error ? (
            <Failure error={system.error} onRetry={() => void system.refetch()} />
          ) : (
            <Skeleton />
          )}
        </Card>
      )}
    </Page>
  )
}

function Health({ checks }: Pick<SystemAnswer, 'checks'>) {
  return (
    <Card title={text.system.health}>
      <ul class="divide-y divide-line">
        {checks.map(({ name, ok, detail }) => (
          <li
            key={name}
            class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 px-4 py-2.5 text-sm sm:grid-cols-[5.5rem_8rem_1fr]"
          >
            <span>
              <Badge tone={ok ? 'good' : 'bad'}>{ok ? text.system.ok : text.system.failed}</Badge>
            </span>
            <span class="font-medium">{name}</span>
            <span class="col-span-2 min-w-0 break-words text-soft sm:col-span-1">{detail}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

type FactList = Parameters<typeof Facts>[0]['facts']

function Facing({ title, facts }: { title: string; facts: FactList }) {
  return (
    <Card title={title}>
      <div class="px-4 py-2">
        <Facts facts={facts} />
      </div>
    </Card>
  )
}

function runningFacts({ version, node, platform, mode, issuer, process }: SystemAnswer): FactList {
  return [
    [text.system.version, version],
    [text.system.mode, mode],
    [text.system.issuer, issuer],
    [text.system.uptime, sayDuration(process.uptime_seconds)],
    [text.system.process, text.system.processOf(process.pid, process.workers)],
    [text.system.memory, text.system.memoryOf(sayBytes(process.memory_bytes), sayBytes(process.heap_bytes))],
    [text.system.node, `${node}, ${platform}`],
  ]
}

function databaseFacts({
  database,
  pending_migrations: pending,
  applied_migrations,
}: SystemAnswer): FactList {
  const size = database.size_bytes
  return [
    [text.system.kind, database.server ?? text.system.kinds[database.kind]],
    [text.system.size, size === null ? text.system.sizeUnknown : sayBytes(size)],
    [text.system.applied, <Names key="applied" names={applied_migrations} />],
    [
      text.system.pending,
      pending.length === 0 ? (
        text.system.upToDate
      ) : (
        <span class="text-bad">
          <Names names={pending} />
        </span>
      ),
    ],
  ]
}

function Names({ names }: { names: readonly string[] }) {
  return (
    <ul class="font-mono text-xs leading-6">
      {names.map((name) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  )
}
