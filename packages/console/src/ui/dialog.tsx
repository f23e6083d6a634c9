import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { text } from '../text/en.ts'
import { Button, IconButton } from './button.tsx'

interface ModalProps {
  title: string
  onClose: () => void
  /** where it stands */
  place: 'middle' | 'side'
  children: ComponentChildren
  /** beside the title */
  beside?: ComponentChildren
}

const places = {
  middle: 'm-auto w-[calc(100%-2rem)] max-w-lg rounded-xl',
  side: 'ml-auto mr-0 h-dvh max-h-none w-full max-w-2xl border-y-0 border-r-0',
} as const

/** The browser's own modal: it keeps the focus inside, gives it back, and closes on Esc. */
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
      class={`border border-line bg-paper p-0 text-ink ${places[place]}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      closedby="any"
    >
      <div class={`flex flex-col ${place === 'side' ? 'h-full' : ''}`}>
        <header class="flex items-start gap-2 border-b border-line py-3 pr-3 pl-5">
          <h2 id={titleId} class="min-w-0 flex-1 break-words py-1 text-lg font-semibold">
            {title}
          </h2>
          {beside}
          <IconButton icon="close" label={text.acts.close} onClick={onClose} />
        </header>
        <div class="min-h-0 flex-1 overflow-y-auto p-5">{children}</div>
      </div>
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
  const id = useId()
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
          <label for={id} class="flex flex-col gap-1 text-sm">
            <span>{text.confirm.type(typed)}</span>
            <input
              id={id}
              class="rounded-md border border-edge bg-paper px-3 py-2"
              value={given}
              autocomplete="off"
              onInput={(event) => setGiven(event.currentTarget.value)}
            />
          </label>
        )}
        <div class="flex justify-end gap-2">
          <Button onClick={onClose}>{text.acts.cancel}</Button>
          <Button
            look={typed === undefined ? 'main' : 'danger'}
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
