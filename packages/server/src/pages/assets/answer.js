import { el } from './dom.js'
import { coloured, pretty } from './json.js'

/** Where an answer is shown. The state is read out when it changes; the content is there to be walked to. */
export function answerPart({ method, path }) {
  const state = el('p', { class: 'state', role: 'status' })
  const headers = el('pre')
  const body = el('pre', { tabindex: '0', role: 'region', 'aria-label': `Answer to ${method} ${path}` })
  const details = el('details', {}, el('summary', {}, 'Headers'), headers)
  const content = el('div', { class: 'answer', hidden: true }, body, details)
  return {
    state,
    content,
    wait: () => state.replaceChildren('Sending…'),
    fail(error) {
      content.hidden = true
      state.replaceChildren(`No answer: ${error.message}`)
    },
    show({ response, text, tookMs }) {
      state.replaceChildren(statusOf(response), ` ${Math.round(tookMs)} ms`)
      headers.textContent = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
      body.replaceChildren(...coloured(pretty(text)))
      content.hidden = false
    },
  }
}

function statusOf({ ok, status, statusText }) {
  return el('span', { class: `status ${ok ? 'good' : 'bad'}` }, `${status} ${statusText}`.trim())
}
