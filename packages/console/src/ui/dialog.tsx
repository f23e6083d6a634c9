import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { text } from '../text/en.ts'
import { Button, IconButton } from './button.tsx'
import { TextField } from './fields.tsx'
import { Toasts } from './toasts.tsx'

interface ModalProps {
  title: string
  onClose: () => void
  /** where it stands */
  place: keyof typeof places
  children: ComponentChildren
  /** beside the title */
  beside?: ComponentChildren
}

const places = {
  middle: 'm-auto max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] max-w-lg rounded-xl shadow-xl',
  side: 'mr-0 ml-auto h-dvh max-h-none w-full max-w-3xl border-y-0 border-r-0 [--from:2rem_0]',
  start: 'mr-auto ml-0 h-dvh max-h-none w-72 max-w-[85vw] border-y-0 border-l-0 [--from:-2rem_0]',
} as const

/**
 * The browser's own modal: it keeps the focus inside, gives it back, and closes on Esc. What is told meanwhile is told in
 * it, since all that is outside can neither be heard nor pressed.
 */
export function Modal({ title, onClose, place, children, beside }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    dialog.current?.showModal()
    return () => dialog.current?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={`overflow-hidden border border-line bg-paper p-0 text-ink open:flex ${places[place]}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      closedby="any"
    >
      <div class="flex min-h-0 w-full flex-col">
        <div class="flex items-start gap-2 border-b border-line py-3 pr-3 pl-5">
          <h2 id={titleId} class="min-w-0 flex-1 py-1 text-lg/7 font-semibold wrap-anywhere">
            {title}
          </h2>
          {beside}
          <IconButton icon="close" label={text.acts.close} onClick={onClose} />
        </div>
        <div class="min-h-0 flex-1 overflow-y-auto p-5">{children}</div>
      </div>
      <Toasts />
    </dialog>
  )
}

interface ConfirmProps {
  title: string
  /** what will happen, in full sentences */
  children: ComponentChildren
  act: string
  /** has to be typed first, for what cannot be taken back */
  typed?: string | undefined
  isBusy?: boolean
  onConfirm: () => void
  onClose: () => void
}

/** Asks once more before something that others feel. */
export function Confirm({ title, children, act, typed, isBusy = false, onConfirm, onClose }: ConfirmProps) {
  const [given, setGiven] = useState('')
  const isReady = typed === undefined || given.trim() === typed
  return (
    <Modal title={title} onClose={onClose} place="middle">
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !isBusy) onConfirm()
        }}
      >
        <div class="flex flex-col gap-2 text-sm">{children}</div>
        {typed !== undefined && (
          <TextField
            label={text.confirm.type(typed)}
            value={given}
            autocomplete="off"
            autofocus
            onInput={(event) => setGiven(event.currentTarget.value)}
          />
        )}
        <div class="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose} autofocus={typed === undefined}>
            {text.acts.cancel}
          </Button>
          <Button
            look={typed === undefined ? 'main' : 'final'}
            type="submit"
            disabled={!isReady}
            isBusy={isBusy}
          >
            {act}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
