import type { ComponentChildren } from 'preact'

type Tone = 'plain' | 'good' | 'warn' | 'bad'

const tones: Record<Tone, string> = {
  plain: 'bg-sunken text-soft',
  good: 'bg-tint text-good',
  warn: 'bg-warn-tint text-warn',
  bad: 'bg-bad-tint text-bad',
}

/** A state in a word. The word says it; the colour only repeats it. */
export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <span
      class={`inline-flex items-center whitespace-nowrap rounded-full px-2 py-0.5 text-xs font-medium ${tones[tone]}`}
    >
      {children}
    </span>
  )
}
