import type { ComponentChildren, JSX } from 'preact'
import { Icon, type IconName } from './icons.tsx'

/** How much a button asks to be pressed, and what comes of it. */
export type ButtonLook = 'plain' | 'main' | 'danger' | 'final' | 'bare'

const looks: Record<ButtonLook, string> = {
  plain: 'border-rim bg-paper shadow-cast hover:border-edge hover:bg-raised',
  main: 'border-transparent bg-accent text-on-accent shadow-cast hover:brightness-110',
  /** leads to what is dangerous */
  danger: 'border-rim bg-paper text-bad shadow-cast hover:border-bad hover:bg-bad-tint',
  /** does it */
  final: 'border-transparent bg-bad text-on-bad shadow-cast hover:brightness-110',
  bare: 'border-transparent text-soft hover:bg-raised hover:text-ink',
}

type ButtonProps = Omit<JSX.IntrinsicElements['button'], 'class' | 'icon' | 'size'> & {
  look?: ButtonLook
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
      class={`inline-flex min-h-9 items-center justify-center gap-2 rounded-lg border px-3 py-1.5 text-sm font-medium disabled:pointer-events-none disabled:opacity-50 ${looks[look]}`}
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
      class="inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-soft hover:bg-raised hover:text-ink disabled:opacity-40"
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  )
}
