import { useEffect, useRef, useState } from 'preact/hooks'
import { text } from '../text/en.ts'
import { Button, IconButton } from './button.tsx'
import { Icon } from './icons.tsx'

interface Toast {
  id: number
  message: string
  tone: 'good' | 'bad'
  undo?: (() => void) | undefined
}

/** What is told now, and the places where it can be: the page, and each dialog that is open over it. */
let toasts: readonly Toast[] = []
let places: readonly object[] = []
let made = 0
const listeners = new Set<() => void>()

function changed(): void {
  for (const listener of listeners) listener()
}

/** Tells what was done, for as long as it can be taken back. */
export function tell(message: string, options: { tone?: Toast['tone']; undo?: () => void } = {}): void {
  made += 1
  const toast: Toast = { id: made, message, tone: options.tone ?? 'good', undo: options.undo }
  toasts = [...toasts.slice(-2), toast]
  changed()
}

function dismiss(id: number): void {
  toasts = toasts.filter((toast) => toast.id !== id)
  changed()
}

/** Where they appear: once on the page and once in each dialog, of which the topmost shows them. */
export function Toasts() {
  const place = useRef({})
  const [, redraw] = useState(0)
  useEffect(() => {
    const listen = () => redraw((count) => count + 1)
    const here = place.current
    listeners.add(listen)
    places = [...places, here]
    changed()
    return () => {
      listeners.delete(listen)
      places = places.filter((one) => one !== here)
      changed()
    }
  }, [])
  const isTopmost = places.at(-1) === place.current
  return (
    <output
      class="pointer-events-none fixed inset-x-0 bottom-0 z-50 flex flex-col items-center gap-2 p-4 sm:items-end"
      aria-live="polite"
    >
      {isTopmost && toasts.map((toast) => <Told key={toast.id} {...toast} />)}
    </output>
  )
}

const shownMs = 10_000

/** It waits for whoever points at it or has come to its buttons. */
function Told({ id, message, tone, undo }: Toast) {
  const [isHeld, setHeld] = useState(false)
  const from = useRef<EventTarget | null>(null)
  // Whoever pressed one of its buttons is back where he was before.
  const close = () => {
    if (from.current instanceof HTMLElement) from.current.focus()
    dismiss(id)
  }
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(() => dismiss(id), shownMs)
    return () => clearTimeout(timer)
  }, [id, isHeld])
  return (
    <div
      class="pointer-events-auto flex max-w-md items-center gap-2 rounded-xl border border-rim bg-paper py-1.5 pr-1.5 pl-4 text-sm shadow-lg"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocusIn={({ currentTarget, relatedTarget }) => {
        setHeld(true)
        if (!currentTarget.contains(relatedTarget as Node | null)) from.current = relatedTarget
      }}
      onFocusOut={() => setHeld(false)}
    >
      <Icon
        name={tone === 'bad' ? 'warning' : 'check'}
        className={`size-4 ${tone === 'bad' ? 'text-bad' : 'text-good'}`}
      />
      <span class="min-w-0 py-1.5 wrap-anywhere">{message}</span>
      {undo && (
        <Button
          look="bare"
          onClick={() => {
            close()
            undo()
          }}
        >
          {text.acts.undo}
        </Button>
      )}
      <IconButton icon="close" label={text.acts.close} onClick={close} />
    </div>
  )
}
