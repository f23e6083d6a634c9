import { useState } from 'preact/hooks'
import { Card } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Icon } from '../../ui/icons.tsx'
import { Alarm } from '../../ui/states.tsx'
import { type Chosen, choose } from './send-file.ts'

/** A place for a file: to choose one by a click or a key, or to drop it. */
export function ChooseFile({ onChoose }: { onChoose: (chosen: Chosen) => void }) {
  const [fault, setFault] = useState<'tooLarge' | 'sealed' | 'unreadable' | undefined>()
  const [isOver, setOver] = useState(false)
  const take = async (file: File | undefined) => {
    if (!file) return
    setFault(undefined)
    const chosen = await choose(file)
    if (typeof chosen === 'string') setFault(chosen)
    else onChoose(chosen)
  }
  return (
    <Card>
      <div class="flex flex-col gap-3 p-4">
        <label
          class={`relative flex cursor-pointer flex-col items-center gap-1 rounded-xl border-2 border-dashed px-6 py-12 text-center focus-within:outline-2 focus-within:outline-accent hover:border-edge ${isOver ? 'border-accent bg-tint' : 'border-rim'}`}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault()
            setOver(false)
            void take(event.dataTransfer?.files[0])
          }}
        >
          <Icon name="import" className="size-8 text-soft" />
          <span class="font-semibold text-accent">{text.import.choose}</span>
          <span class="text-sm">{text.import.drop}</span>
          <span class="mt-2 max-w-prose text-sm text-soft">{text.import.takes}</span>
          <input
            type="file"
            class="sr-only"
            onChange={(event) => {
              void take(event.currentTarget.files?.[0])
              // The same file again is a change as well.
              event.currentTarget.value = ''
            }}
          />
        </label>
        {fault && <Alarm>{text.import[fault]}</Alarm>}
        <p class="text-sm text-soft">{text.import.elsewhere}</p>
      </div>
    </Card>
  )
}
