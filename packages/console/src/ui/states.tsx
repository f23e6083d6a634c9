import type { ComponentChildren } from 'preact'
import { Problem, unreachable } from '../api/problem.ts'
import { text } from '../text/en.ts'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icons.tsx'

/** What is wrong, in a sentence for whoever sits before it. */
export function sayProblem(thrown: unknown): string {
  if (!(thrown instanceof Problem)) return text.states.failed
  switch (thrown.status) {
    case unreachable:
      return text.states.unreachable
    case 403:
      return thrown.message || text.states.forbidden
    case 404:
      return text.states.missing
    case 412:
      return text.states.changed
    default:
      return thrown.message || text.states.failed
  }
}

/** An error in the place of what should be there, with the way out of it. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const requestId = error instanceof Problem ? error.requestId : undefined
  return (
    <div role="alert" class="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <Sign icon="warning" look="bg-bad-tint text-bad" />
      <p class="max-w-prose font-medium">{sayProblem(error)}</p>
      {requestId && <p class="font-mono text-xs break-all text-soft">{text.states.requestId(requestId)}</p>}
      {onRetry && <Button onClick={onRetry}>{text.acts.retry}</Button>}
    </div>
  )
}

/** What went wrong, above or below what has to be done again. */
export function Alarm({ children }: { children: ComponentChildren }) {
  return (
    <p role="alert" class="flex gap-2 rounded-lg bg-bad-tint px-3 py-2 text-sm text-bad">
      <Icon name="warning" className="mt-0.5 size-4" />
      <span>{children}</span>
    </p>
  )
}

interface EmptyProps {
  title: string
  icon?: IconName
  children?: ComponentChildren
}

/** Nothing to show, and what to do about it. */
export function Empty({ title, icon = 'tray', children }: EmptyProps) {
  return (
    <div class="flex flex-col items-center gap-2 px-6 py-14 text-center">
      <Sign icon={icon} look="bg-raised text-soft" />
      <p class="mt-1 font-medium">{title}</p>
      {children && <div class="max-w-prose text-sm text-balance text-soft">{children}</div>}
    </div>
  )
}

function Sign({ icon, look }: { icon: IconName; look: string }) {
  return (
    <span class={`inline-flex size-12 items-center justify-center rounded-full ${look}`}>
      <Icon name={icon} className="size-6" />
    </span>
  )
}

/** The room that something will take, while it is on its way. */
export function Skeleton({ rows = 8 }: { rows?: number }) {
  return (
    <output class="block motion-safe:animate-pulse" aria-label={text.states.loading}>
      {Array.from({ length: rows }, (_, index) => (
        <span
          key={index}
          class="flex items-center gap-6 border-b border-line px-4 py-3.5 last:border-b-0"
          style={{ opacity: 1 - index / (rows + 1) }}
        >
          <span class="h-4 rounded bg-sunken" style={{ width: `${30 - ((index * 7) % 13)}%` }} />
          <span class="h-4 rounded bg-sunken" style={{ width: `${38 - ((index * 11) % 17)}%` }} />
          <span class="ml-auto h-4 w-16 rounded bg-sunken" />
        </span>
      ))}
    </output>
  )
}
