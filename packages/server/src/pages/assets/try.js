import { answerPart } from './answer.js'
import { copyButton } from './copy.js'
import { curlCommand } from './curl.js'
import { el } from './dom.js'
import { exampleOf } from './schema.js'

/** What there is to do with an operation: copy it as a command, or send it from here. */
export function tryPanel(operation, tokens) {
  const editor = operation.body && bodyEditor(operation, tokens)
  const params = operation.params.map((param) => paramField(operation, param))
  const choice = operation.token === 'none' ? undefined : tokenChoice(operation, tokens)
  const command = el('code')
  const answer = answerPart(operation)
  const path = () => params.reduce((made, { fill }) => fill(made), operation.path)
  const read = () => ({
    ...operation,
    path: path(),
    url: location.origin + path(),
    body: editor?.value,
    withToken: choice?.box.checked,
  })
  const form = el(
    'form',
    { 'aria-label': `Try it: ${operation.method} ${operation.path}` },
    params.map(({ label, input }) => [label, input]),
    editor && [bodyLabel(editor), editor],
    choice?.row,
    el('div', { class: 'row' }, el('button', { type: 'submit', class: 'button' }, 'Send'), answer.state),
  )
  const showCommand = () => {
    command.textContent = curlCommand(read(), { REFRESH: tokens.refresh() })
  }
  form.addEventListener('input', showCommand)
  tokens.onChange(showCommand)
  onSend(form, () => send(read(), tokens, answer))
  showCommand()
  return el('div', { class: 'try' }, commandFigure(operation, command), form, answer.content)
}

function commandFigure({ method, path }, command) {
  const copy = copyButton(`the command for ${method} ${path}`, () => command.textContent)
  const name = `curl command for ${method} ${path}`
  return el(
    'figure',
    { class: 'code' },
    el('figcaption', {}, 'curl', copy),
    el('pre', { tabindex: '0', role: 'region', 'aria-label': name }, command),
  )
}

/** A field for what stands in the path; while it is empty the path shows its name. */
function paramField({ id }, { name, description }) {
  const input = el('input', {
    id: `${id}-${name}`,
    type: 'text',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: description ?? '',
  })
  const fill = (path) => path.replace(`{${name}}`, encodeURIComponent(input.value.trim()) || `{${name}}`)
  return { label: el('label', { for: input.id, class: 'label' }, name), input, fill }
}

function bodyLabel({ id }) {
  const hint = el('span', { id: `${id}-hint`, class: 'hint' }, 'Ctrl + Enter sends')
  return el('p', { class: 'label' }, el('label', { for: id }, 'Body'), hint)
}

/** An editor of a JSON body. A refresh token that arrives takes the place of the one before, unless it was edited. */
function bodyEditor({ id, body }, tokens) {
  const example = exampleOf(body)
  const editor = el('textarea', {
    id: `${id}-body`,
    rows: String(Object.keys(example).length + 2),
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    'aria-describedby': `${id}-body-hint`,
  })
  let filled = ''
  editor.value = JSON.stringify(example, undefined, 2)
  tokens.onChange(({ refresh }) => {
    const value = parsed(editor.value)
    if (refresh === undefined || value?.refresh !== filled) return
    editor.value = JSON.stringify({ ...value, refresh }, undefined, 2)
    filled = refresh
  })
  return editor
}

function tokenChoice({ id, token }, tokens) {
  const box = el('input', { type: 'checkbox', id: `${id}-token`, checked: token === 'required' })
  const state = el('a', { href: '#access-token' })
  const show = () => {
    state.textContent = tokens.access() === '' ? 'none yet: log in, or paste one' : 'ready'
  }
  tokens.onChange(show)
  show()
  return {
    box,
    row: el('p', { class: 'choice' }, box, el('label', { for: box.id }, 'Send the access token'), state),
  }
}

function onSend(form, work) {
  let isBusy = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (isBusy) return
    isBusy = true
    await work()
    isBusy = false
  })
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
  })
}

async function send(request, tokens, answer) {
  answer.wait()
  const startedAt = performance.now()
  try {
    const response = await fetch(request.path, fetchOptions(request, tokens))
    const text = await response.text()
    answer.show({ response, text, tookMs: performance.now() - startedAt })
    if (response.ok) tokens.receive(parsed(text))
  } catch (error) {
    answer.fail(error)
  }
}

function fetchOptions({ method, body, withToken }, tokens) {
  const bearer = withToken && tokens.access() !== '' && { authorization: `Bearer ${tokens.access()}` }
  return {
    method,
    body,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...bearer,
    },
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
  }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
