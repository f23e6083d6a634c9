import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface TabsProps {
  label: string
  chosen: string
  onChoose: (id: string) => void
  tabs: readonly { id: string; title: string; show: () => ComponentChildren }[]
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }

/** Parts of one thing, one at a time; arrows go from one to the next. */
export function Tabs({ label, chosen, onChoose, tabs }: TabsProps) {
  const id = useId()
  const here = Math.max(
    0,
    tabs.findIndex((tab) => tab.id === chosen),
  )
  const move = (event: KeyboardEvent) => {
    const step = steps[event.key]
    const target = step === undefined ? undefined : tabs[(here + step + tabs.length) % tabs.length]
    if (!target) return
    event.preventDefault()
    onChoose(target.id)
    document.getElementById(`${id}-${target.id}`)?.focus()
  }
  return (
    <div class="flex flex-col gap-5">
      <div role="tablist" aria-label={label} class="-mt-2 flex gap-1 border-b border-line" onKeyDown={move}>
        {tabs.map((tab, index) => (
          <button
            key={tab.id}
            id={`${id}-${tab.id}`}
            type="button"
            role="tab"
            class={`-mb-px rounded-t-md border-b-2 px-3 py-2 text-sm -outline-offset-2 ${index === here ? 'border-accent font-semibold text-accent' : 'border-transparent text-soft hover:text-ink forced-colors:border-[Canvas]'}`}
            aria-selected={index === here}
            aria-controls={`${id}-panel`}
            tabIndex={index === here ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${tabs[here]?.id}`}>
        {tabs[here]?.show()}
      </div>
    </div>
  )
}
