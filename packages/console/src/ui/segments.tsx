import { useId } from 'preact/hooks'

interface SegmentsProps {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
}

/** A choice of two or three that are all in sight; arrows go from one to the next. */
export function Segments({ label, value, options, onChange }: SegmentsProps) {
  const name = useId()
  return (
    <fieldset class="inline-flex rounded-lg border border-rim bg-sunken p-0.5">
      <legend class="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          class="relative inline-flex min-h-7.5 cursor-pointer items-center rounded-md border border-transparent px-3 text-sm text-soft outline-offset-2 hover:text-ink has-checked:border-rim has-checked:bg-paper has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent forced-colors:border-[Canvas] forced-colors:has-checked:border-[Highlight]"
        >
          <input
            type="radio"
            class="absolute inset-0 cursor-pointer opacity-0"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  )
}
