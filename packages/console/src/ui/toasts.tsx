import { useEffect, useState } from 'preact/hooks'
import { text } from '../text/en.ts'
import { Button, IconButton } from './button.tsx'

interface Toast {
  id: number
  message: string
  tone: 'good' | 'bad'
  undo?: (() => void) | undefined
}

let toasts: readonly Toast[] = []
let made = 0
const listeners = new Set<(toasts: readonly Toast[]) => void>()

function change(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener(next)
}

const shownMs = 10_000

/** Tells what was done, for as long as it can be taken back. */
export function tell(message: string, options: { tone?: Toast['tone']; undo?: () => void } = {}): void {
  made += 1
  const toast: Toast = { id: made, message, tone: options.tone ?? 'good', undo: options.undo }
  change([...toasts.slice(-2), toast])
  setTimeout(() => dismiss(toast.id), shownMs)
}

function dismiss(id: number): void {
  change(toasts.filter((toast) => toast.id !== id))
}

/** Where they appear; one for the whole page. */
export function Toasts() {
  const [shown, setShown] = useState(toasts)
  useEffect(() => {
    listeners.add(setShown)
    return () => void listeners.delete(setShown)
  }, [])
  return (
    <output
      class="pointer-events-none fixed inset-x-0 bottom-0 z-50 flex flex-col items-center gap-2 p-4 sm:items-end"
      aria-live="polite"
    >
      {shown.map(({ id, message, tone, undo }) => (
        <div
          key={id}
          class={`pointer-events-auto flex max-w-md items-center gap-2 rounded-lg border bg-paper py-1.5 pr-1.5 pl-4 text-sm shadow-lg ${tone === 'bad' ? 'border-bad' : 'border-line'}`}
        >
          <span class="py-1.5">{message}</span>
          {undo && (
            <Button
              look="bare"
              onClick={() => {
                dismiss(id)
                undo()
              }}
            >
              {text.acts.undo}
            </Button>
          )}
          <IconButton icon="close" label={text.acts.close} onClick={() => dismiss(id)} />
        </div>
      ))}
    </output>
  )
}
