import type { ComponentChildren, JSX } from 'preact'
import { Icon, type IconName } from './icons.tsx'

type Look = 'plain' | 'main' | 'danger' | 'bare'

const looks: Record<Look, string> = {
  plain: 'border border-line bg-paper hover:border-edge',
  main: 'border border-transparent bg-accent text-on-accent font-semibold hover:brightness-110',
  danger: 'border border-line text-bad hover:border-bad',
  bare: 'border border-transparent text-soft hover:bg-raised hover:text-ink',
}

type ButtonProps = Omit<JSX.IntrinsicElements['button'], 'class' | 'icon' | 'size'> & {
  look?: Look
  icon?: IconName
  /** an answer is waited for */
  isBusy?: boolean
  children: ComponentChildren
}

/** A button with a text. While it is busy it keeps its focus and does nothing. */
export function Button({ look = 'plain', icon, isBusy = false, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      class={`inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3 py-1.5 text-sm disabled:opacity-50 ${looks[look]}`}
      aria-disabled={isBusy}
      aria-busy={isBusy}
      {...(onClick && !isBusy && { onClick })}
      {...rest}
    >
      {icon && <Icon name={icon} className="size-4" />}
      {children}
    </button>
  )
}

type IconButtonProps = Omit<JSX.IntrinsicElements['button'], 'class' | 'icon'> & {
  icon: IconName
  label: string
}

/** A button with an icon alone; its label is read out and shown on hover. */
export function IconButton({ icon, label, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      class="inline-flex size-9 items-center justify-center rounded-md text-soft hover:bg-raised hover:text-ink disabled:opacity-40"
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  )
}
