import type { ComponentChildren } from 'preact'

export type Tone = 'plain' | 'good' | 'warn' | 'bad'

const tones: Record<Tone, string> = {
  plain: 'bg-sunken text-soft',
  good: 'pl-0 text-soft gap-1.5 before:size-1.5 before:rounded-full before:bg-good',
  warn: 'bg-warn-tint text-warn',
  bad: 'bg-bad-tint text-bad',
}

/** A state in a word. The word says it; the colour only repeats it, and what is well stays quiet. */
export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ComponentChildren }) {
  // The border is seen where a browser takes colours away.
  return (
    <span
      class={`inline-flex max-w-full items-center rounded-md border border-transparent px-1.5 text-xs/5 font-medium ${tones[tone]}`}
    >
      {children}
    </span>
  )
}
