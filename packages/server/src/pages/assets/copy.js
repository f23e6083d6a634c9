import { el } from './dom.js'

const shownMs = 1600

/** A button that copies what `read` returns when it is pressed, and says whether it could. */
export function copyButton(what, read) {
  const label = el('span', { 'aria-live': 'polite' }, 'Copy')
  const button = el(
    'button',
    { type: 'button', class: 'copy' },
    label,
    el('span', { class: 'unseen' }, ` ${what}`),
  )
  let reset
  button.addEventListener('click', async () => {
    label.textContent = await copy(read())
    clearTimeout(reset)
    reset = setTimeout(() => {
      label.textContent = 'Copy'
    }, shownMs)
  })
  return button
}

async function copy(text) {
  try {
    // Absent where the page came by plain http from another machine.
    await navigator.clipboard.writeText(text)
    return 'Copied'
  } catch {
    return 'Not allowed'
  }
}
