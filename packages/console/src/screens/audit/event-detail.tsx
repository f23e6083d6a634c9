import { useQuery } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import type { AdminEvent, Explanation } from '../../api/answers.ts'
import { get } from '../../api/request.ts'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { Copied, Facts } from '../../ui/fields.tsx'
import { Failure, Skeleton } from '../../ui/states.tsx'
import { sayExactly } from '../../ui/time.tsx'

/** One event: all that is known of it, what it changed, and why, in sentences. */
export function EventDetail({ event, onClose }: { event: AdminEvent; onClose: () => void }) {
  const [isExplained, setExplained] = useState(false)
  const { request_id, changes, details } = event
  const facts: [string, string | null][] = [
    ['number', String(event.number)],
    ['code', event.code],
    ['user', event.user_name ?? event.user_id],
    ['actor', event.actor_name ?? event.actor],
    ['session', event.session_id],
    ['address', event.client_ip],
    ['device', event.device],
    ['request', request_id],
  ]
  return (
    <Modal title={event.event} place="side" onClose={onClose}>
      <div class="flex flex-col gap-6">
        <p class="text-sm text-soft">{sayExactly(Date.parse(event.time))}</p>
        <Facts
          facts={facts
            .filter((fact): fact is [string, string] => fact[1] !== null)
            .map(([name, value]) => [name, <Copied key={name} value={value} />] as const)}
        />
        {changes && <Changes changes={changes} />}
        {details && Object.keys(details).length > 0 && (
          <pre class="overflow-x-auto rounded-lg border border-line bg-raised p-3 font-mono text-xs">
            {JSON.stringify(details, null, 2)}
          </pre>
        )}
        {request_id && !isExplained && (
          <span>
            <Button onClick={() => setExplained(true)}>{text.audit.explain}</Button>
          </span>
        )}
        {request_id && isExplained && <Explained requestId={request_id} />}
      </div>
    </Modal>
  )
}

function Changes({ changes }: { changes: NonNullable<AdminEvent['changes']> }) {
  return (
    <table class="w-full text-left text-sm">
      <caption class="pb-2 text-left font-semibold">{text.audit.changes}</caption>
      <thead class="text-xs text-soft">
        <tr>
          <th class="py-1 pr-3 font-medium" scope="col" />
          <th class="py-1 pr-3 font-medium" scope="col">
            {text.audit.before}
          </th>
          <th class="py-1 font-medium" scope="col">
            {text.audit.after}
          </th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(changes).map(([name, { before, after }]) => (
          <tr key={name} class="border-t border-line align-top">
            <th scope="row" class="py-1.5 pr-3 font-normal text-soft">
              {name}
            </th>
            <td class="break-all py-1.5 pr-3">{say(before)}</td>
            <td class="break-all py-1.5">{say(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function say(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Which rule decided, in sentences, and what can be done. */
export function Explained({ requestId }: { requestId: string }) {
  const explanation = useQuery({
    queryKey: ['explain', requestId],
    queryFn: () => get<Explanation>(`audit/explain/${encodeURIComponent(requestId)}/`),
  })
  if (explanation.error)
    return <Failure error={explanation.error} onRetry={() => void explanation.refetch()} />
  if (!explanation.data) return <Skeleton rows={3} />
  return (
    <div class="flex flex-col gap-4">
      {explanation.data.items.map(({ event, why, answer, todo }) => (
        <section key={event.id} class="rounded-lg border border-line bg-raised p-4 text-sm">
          <h3 class="font-mono text-xs text-soft">{event.event}</h3>
          <Facts
            facts={[
              [text.audit.why, why],
              [text.audit.told, answer],
              [text.audit.todo, todo],
            ]}
          />
        </section>
      ))}
    </div>
  )
}
