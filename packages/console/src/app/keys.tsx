import { useEffect, useState } from 'preact/hooks'
import { text } from '../text/en.ts'
import { Modal } from '../ui/dialog.tsx'

let show: (() => void) | undefined

/** Shows what the keyboard does. */
export function showKeys(): void {
  show?.()
}

/** What the keyboard does, on a sheet that `?` opens; one for the whole page. */
export function KeySheet() {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    show = () => setOpen(true)
    document.addEventListener('keydown', openOnQuestion)
    return () => {
      show = undefined
      document.removeEventListener('keydown', openOnQuestion)
    }
  }, [])
  if (!isOpen) return null
  return (
    <Modal title={text.keyboard.title} place="middle" onClose={() => setOpen(false)}>
      <dl class="text-sm">
        {text.keyboard.keys.map(([key, does]) => (
          <div key={key} class="flex gap-4 border-t border-line py-2 first:border-t-0">
            <dt class="w-32 shrink-0">
              <kbd class="font-mono text-xs">{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}

function openOnQuestion(event: KeyboardEvent): void {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select, dialog')
  if (event.key !== '?' || event.ctrlKey || event.metaKey || isTyping) return
  event.preventDefault()
  showKeys()
}
