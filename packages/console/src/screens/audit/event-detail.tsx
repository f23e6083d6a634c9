import { useQuery } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import type { AdminEvent, AdminEventDetail, Explanation } from '../../api/answers.ts'
import { get } from '../../api/request.ts'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { Copied, Facts } from '../../ui/fields.tsx'
import { Failure, Skeleton } from '../../ui/states.tsx'
import { sayExactly } from '../../ui/time.tsx'

interface EventDetailProps {
  number: string
  /** as a list has it, shown until it has come whole */
  known: AdminEvent | undefined
  onClose: () => void
}

/** One event, from the side. */
export function EventDetail({ number, known, onClose }: EventDetailProps) {
  const found = useQuery({
    queryKey: ['event', number],
    queryFn: () => get<AdminEventDetail>(`audit/${encodeURIComponent(number)}/`),
  })
  const event = found.data ?? known
  return (
    <Modal title={event?.event ?? text.audit.event} place="side" onClose={onClose}>
      {event ? (
        <Whole event={event} />
      ) : found.error ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton />
      )}
    </Modal>
  )
}

/** All that is known of it, what it changed, and why, in sentences. */
function Whole({ event }: { event: AdminEvent & Partial<AdminEventDetail> }) {
  const [isExplained, setExplained] = useState(false)
  const { request_id, changes, details } = event
  const facts: [string, string | null][] = [
    [text.audit.number, String(event.number)],
    [text.audit.code, event.code],
    [text.audit.who, event.user_name ?? event.user_id],
    [text.audit.actor, event.actor_name ?? event.actor],
    [text.audit.session, event.session_id],
    [text.audit.from, event.client_ip],
    [text.audit.device, event.device],
    [text.audit.request, request_id],
    [text.audit.digest, event.chain ?? null],
  ]
  return (
    <div class="flex flex-col gap-6">
      <p class="text-sm text-soft">{sayExactly(Date.parse(event.time))}</p>
      <Facts
        facts={facts
          .filter((fact): fact is [string, string] => fact[1] !== null)
          .map(([name, value]) => [name, <Copied key={name} value={value} />] as const)}
      />
      {changes && <Changes changes={changes} />}
      {details && Object.keys(details).length > 0 && (
        <section class="flex flex-col gap-2">
          <h3 class="text-sm font-semibold">{text.audit.detail}</h3>
          <pre class="rounded-lg border border-line bg-raised p-3 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
            {JSON.stringify(details, null, 2)}
          </pre>
        </section>
      )}
      {request_id && !isExplained && (
        <span>
          <Button onClick={() => setExplained(true)}>{text.audit.explain}</Button>
        </span>
      )}
      {request_id && isExplained && <Explained requestId={request_id} />}
    </div>
  )
}

function Changes({ changes }: { changes: NonNullable<AdminEvent['changes']> }) {
  return (
    <table class="w-full text-left text-sm">
      <caption class="pb-2 text-left text-sm font-semibold">{text.audit.changes}</caption>
      <thead class="text-xs text-soft">
        <tr>
          <td class="py-1 pr-3" />
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
          <h3 class="mb-1 font-mono text-xs text-soft">{event.event}</h3>
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
