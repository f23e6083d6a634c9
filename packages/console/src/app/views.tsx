import { useState } from 'preact/hooks'
import { useSearchParams } from 'wouter-preact'
import { text } from '../text/en.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Modal } from '../ui/dialog.tsx'
import { TextField } from '../ui/fields.tsx'
import { tell } from '../ui/toasts.tsx'
import { keep, readKept } from './kept.ts'

interface View {
  name: string
  /** of the address, without the question mark */
  search: string
}

interface ViewsProps {
  /** whose views they are; they are kept in this browser under that name */
  list: string
  /** parameters that are no part of one: what is open */
  besides: readonly string[]
  /** what belongs to one though the address may not say it */
  also?: Readonly<Record<string, string>>
}

const mostViews = 50

/** Searches, filters, order and columns under a name, to come back to. */
export function Views(props: ViewsProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{text.views.title}</Button>
      {isOpen && (
        <Modal title={text.views.title} place="middle" onClose={() => setOpen(false)}>
          <Chooser {...props} onDone={() => setOpen(false)} />
        </Modal>
      )}
    </>
  )
}

function Chooser({ list, besides, also = {}, onDone }: ViewsProps & { onDone: () => void }) {
  const [views, setViews] = useState(() => readViews(list))
  const [params, setParams] = useSearchParams()
  const change = (next: readonly View[]) => {
    setViews(next)
    keep(keptAs(list), next.length > 0 ? next : undefined)
  }
  const save = (name: string) => {
    const kept = [...params].filter(([key]) => !besides.includes(key))
    const search = new URLSearchParams({ ...also, ...Object.fromEntries(kept) }).toString()
    change([...views.filter((view) => view.name !== name), { name, search }].slice(-mostViews))
    tell(text.views.saved(name))
    onDone()
  }
  return (
    <div class="flex flex-col gap-5">
      {views.length === 0 && <p class="text-sm text-soft">{text.views.none}</p>}
      {views.length > 0 && (
        <ul class="flex flex-col gap-1">
          {views.map(({ name, search }) => (
            <li key={name} class="flex items-center gap-2">
              <button
                type="button"
                class="min-w-0 flex-1 truncate rounded-md px-3 py-2 text-left text-sm hover:bg-raised"
                onClick={() => {
                  setParams(new URLSearchParams(search))
                  onDone()
                }}
              >
                {name}
              </button>
              <IconButton
                icon="close"
                label={text.views.forget(name)}
                onClick={() => change(views.filter((view) => view.name !== name))}
              />
            </li>
          ))}
        </ul>
      )}
      <SaveForm onSave={save} />
    </div>
  )
}

function SaveForm({ onSave }: { onSave: (name: string) => void }) {
  const [name, setName] = useState('')
  return (
    <form
      class="flex flex-col gap-3 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim()) onSave(name.trim())
      }}
    >
      <TextField
        label={text.views.name}
        hint={text.views.hint}
        value={name}
        maxLength={60}
        required
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <div class="flex justify-end">
        <Button look="main" type="submit">
          {text.acts.save}
        </Button>
      </div>
    </form>
  )
}

function keptAs(list: string): string {
  return `${list}.views`
}

function readViews(list: string): readonly View[] {
  const kept = readKept(keptAs(list))
  return Array.isArray(kept) ? kept.filter(isView) : []
}

function isView(one: unknown): one is View {
  const view = one as Partial<View> | null
  return typeof view?.name === 'string' && typeof view.search === 'string'
}
