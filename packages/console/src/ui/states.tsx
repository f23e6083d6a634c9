import type { ComponentChildren } from 'preact'
import { Problem, unreachable } from '../api/problem.ts'
import { text } from '../text/en.ts'
import { Button } from './button.tsx'
import { Icon } from './icons.tsx'

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
    <div role="alert" class="flex flex-col items-center gap-3 px-6 py-12 text-center">
      <Icon name="warning" className="size-7 text-bad" />
      <p class="font-medium">{sayProblem(error)}</p>
      {requestId && <p class="font-mono text-xs text-soft">{text.states.requestId(requestId)}</p>}
      {onRetry && <Button onClick={onRetry}>{text.acts.retry}</Button>}
    </div>
  )
}

/** Nothing to show, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="flex flex-col items-center gap-2 px-6 py-12 text-center">
      <p class="font-medium">{title}</p>
      {children && <div class="max-w-prose text-sm text-soft">{children}</div>}
    </div>
  )
}

/** The room that something will take, while it is on its way. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <output class="flex flex-col gap-3 p-4" aria-label={text.states.loading}>
      {Array.from({ length: rows }, (_, index) => (
        <div
          key={index}
          class="h-5 motion-safe:animate-pulse rounded bg-sunken"
          style={{ width: `${90 - ((index * 17) % 40)}%` }}
        />
      ))}
    </output>
  )
}
