import { el } from './dom.js'

/**
 * The tokens that the operations of this page share. They live in this closure and in the fields on the page, never
 * in a storage, an address or a cookie: they are gone when the page is.
 */
export function createTokens() {
  let access = ''
  let refresh = ''
  const listeners = new Set()
  const tell = (change) => {
    for (const listener of listeners) listener(change)
  }
  return {
    access: () => access,
    refresh: () => refresh,
    setAccess(token) {
      access = token.trim()
      tell({ access })
    },
    /** takes the tokens out of an answer that has any */
    receive(answer) {
      if (typeof answer?.access !== 'string') return
      access = answer.access
      if (typeof answer.refresh === 'string') refresh = answer.refresh
      tell({ access, refresh })
    },
    onChange: (listener) => void listeners.add(listener),
  }
}

/** The field that shows the access token and takes one from elsewhere. */
export function fillTokenPanel(panel, tokens) {
  const input = el('input', {
    id: 'access-token',
    type: 'text',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: 'None yet',
    'aria-describedby': 'token-note',
  })
  const state = el('p', { class: 'note', role: 'status' })
  const forget = el('button', { type: 'button', class: 'quiet', hidden: true }, 'Forget')
  input.addEventListener('input', () => tokens.setAccess(input.value))
  forget.addEventListener('click', () => {
    tokens.setAccess('')
    input.focus()
  })
  tokens.onChange(({ access, refresh }) => {
    if (input.value.trim() !== access) input.value = access
    forget.hidden = access === ''
    state.textContent = refresh === undefined ? '' : 'Taken from the answer'
  })
  panel.append(
    el('label', { for: 'access-token' }, 'Access token'),
    input,
    el(
      'p',
      { id: 'token-note', class: 'note' },
      'Filled by a login below. Kept until this page closes, and nowhere else.',
    ),
    el('div', { class: 'row' }, forget, state),
  )
}
