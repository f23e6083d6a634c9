import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { text } from '../text/en.ts'
import { Button } from './button.tsx'
import { Icon } from './icons.tsx'
import { focusList } from './row-focus.ts'

const box = 'min-h-9 rounded-lg border border-edge bg-paper px-3 py-1.5 text-sm'

type InputProps = Omit<JSX.IntrinsicElements['input'], 'class' | 'id'> & {
  label: string
  hint?: string
  errors?: readonly string[] | undefined
}

/** A field with its label, a hint, and what is wrong with it. */
export function TextField({ label, hint, errors = [], ...rest }: InputProps) {
  const id = useId()
  const isWrong = errors.length > 0
  const said = [hint && `${id}-hint`, isWrong && `${id}-errors`].filter(Boolean).join(' ')
  return (
    <div class="flex flex-col gap-1.5">
      <label for={id} class="text-sm font-medium wrap-anywhere">
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} class="text-xs text-soft">
          {hint}
        </p>
      )}
      <input
        id={id}
        class={`${box} ${isWrong ? 'border-bad' : ''}`}
        aria-invalid={isWrong}
        aria-describedby={said}
        {...rest}
      />
      {isWrong && (
        <p id={`${id}-errors`} class="text-xs text-bad">
          {errors.join(' ')}
        </p>
      )}
    </div>
  )
}

interface SelectProps {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
  isDisabled?: boolean
  /** among filters, or among the fields of a form */
  place?: 'filters' | 'form'
}

/** In a row of filters: the label before it in small; where it is narrow above it, and two of them side by side. */
const filter = {
  around:
    'flex w-[calc(50%-0.5rem)] flex-col gap-1 sm:inline-flex sm:w-auto sm:flex-row sm:items-center sm:gap-2',
  label: 'text-xs text-soft',
  box: 'w-full sm:w-auto',
} as const

/** In a form: as its other fields. */
const field = {
  around: 'flex w-full flex-col gap-1.5',
  label: 'text-sm font-medium',
  box: 'w-full',
} as const

/** A choice of a few. */
export function Select({
  label,
  value,
  options,
  onChange,
  isDisabled = false,
  place = 'filters',
}: SelectProps) {
  const id = useId()
  const look = place === 'form' ? field : filter
  return (
    <span class={look.around}>
      <label for={id} class={look.label}>
        {label}
      </label>
      <select
        id={id}
        class={`${box} pr-2 disabled:opacity-50 ${look.box}`}
        value={value}
        disabled={isDisabled}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </span>
  )
}

/** Takes all filters away, and itself with them: the focus goes on to the list. */
export function ClearFilters({ onClear }: { onClear: () => void }) {
  const clear = () => {
    focusList()
    onClear()
  }
  return (
    <Button look="bare" onClick={clear}>
      {text.acts.clear}
    </Button>
  )
}

interface DayFieldProps {
  label: string
  /** `2027-01-15`, or empty */
  value: string
  onChange: (day: string) => void
}

/** A day, with the browser's own calendar. */
export function DayField({ label, value, onChange }: DayFieldProps) {
  const id = useId()
  return (
    <span class={filter.around}>
      <label for={id} class={filter.label}>
        {label}
      </label>
      <input
        id={id}
        type="date"
        class={`${box} ${filter.box}`}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </span>
  )
}

const settleMs = 250

/** Searches while it is typed into; `/` goes there from anywhere, Esc empties it, the arrow goes down to what was found. */
export function SearchField({
  label,
  value,
  onSearch,
}: {
  label: string
  value: string
  onSearch: (value: string) => void
}) {
  const [typed, setTyped] = useState(value)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const sent = useRef(value)
  useEffect(() => {
    // What comes back from here is no news, and would undo what was typed meanwhile.
    if (value !== sent.current) setTyped(value)
    sent.current = value
  }, [value])
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => {
      sent.current = typed
      onSearch(typed)
    }, settleMs)
    return () => clearTimeout(timer)
  }, [typed, value, onSearch])
  useSlash(input)
  return (
    <search class="relative min-w-0 flex-1 basis-full sm:basis-52">
      <label for={id} class="sr-only">
        {label}
      </label>
      <Icon
        name="search"
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-soft"
      />
      <input
        ref={input}
        id={id}
        type="search"
        class={`${box} w-full pl-9`}
        placeholder={label}
        value={typed}
        autocomplete="off"
        spellcheck={false}
        aria-keyshortcuts="/"
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setTyped('')
          else if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('tbody tr')?.focus()
          else return
          event.preventDefault()
        }}
      />
    </search>
  )
}

function useSlash(input: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element && event.target.closest('input, textarea, select, dialog')
      if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping) return
      event.preventDefault()
      input.current?.focus()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [input])
}

/** Facts in two columns: what it is, and how it is. */
export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="text-sm">
      {facts.map(([name, value]) => (
        <div
          key={name}
          class="grid gap-x-6 border-t border-line py-2.5 first:border-t-0 sm:grid-cols-[minmax(8rem,12rem)_1fr]"
        >
          <dt class="text-soft">{name}</dt>
          <dd class="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const copiedMs = 3_000

/** A text that one wants elsewhere, with a button that takes it there where the browser allows it. */
export function Copied({ value }: { value: string }) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), copiedMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <span class="-my-1 inline-flex max-w-full items-center gap-0.5 align-middle">
      <code class="truncate font-mono text-xs" title={value}>
        {value}
      </code>
      {isSecureContext && (
        <button
          type="button"
          class="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-soft hover:bg-raised hover:text-ink"
          aria-label={`${text.acts.copy} ${value}`}
          title={text.acts.copy}
          onClick={() => {
            void navigator.clipboard.writeText(value).then(() => setCopied(true))
          }}
        >
          <Icon name={isCopied ? 'check' : 'copy'} className="size-3.5" />
        </button>
      )}
      <output class="sr-only">{isCopied && text.acts.copied}</output>
    </span>
  )
}

interface CheckProps {
  label: string
  isChecked: boolean
  onChange: (isChecked: boolean) => void
}

/** Yes or no. */
export function Check({ label, isChecked, onChange }: CheckProps) {
  return (
    <label class="inline-flex min-h-6 items-center gap-2.5 text-sm">
      <input
        type="checkbox"
        class="size-4 shrink-0 accent-accent"
        checked={isChecked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  )
}
