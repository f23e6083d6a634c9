import { el, prose } from './dom.js'
import { limitsOf, membersOf, shapeOf, typeOf } from './schema.js'

const tokenNeeds = {
  none: 'No token needed',
  optional: 'Access token optional',
  required: 'Needs an access token',
}

/** What there is to read about an operation. */
export function reference(operation) {
  const { id, method, path, summary, description, token, body, answers } = operation
  const done = answers.filter(({ status }) => status < 400)
  const refused = answers.filter(({ status }) => status >= 400)
  return el(
    'div',
    { class: 'reference' },
    el('h3', { id: `${id}-title` }, summary, anchor(id, summary)),
    el('p', { class: 'endpoint' }, methodBadge(method), ' ', el('code', {}, path)),
    description && el('p', {}, prose(description)),
    el('p', { class: `need ${token}` }, tokenNeeds[token]),
    body && [el('h4', {}, 'Body'), memberList(body)],
    done.map(answerPart),
    refused.length > 0 && refusalList(refused),
  )
}

/** The method as a badge; colour says it again, never alone. */
export function methodBadge(method) {
  return el('span', { class: `method ${method.toLowerCase()}` }, method)
}

function anchor(id, summary) {
  return el('a', { class: 'anchor', href: `#${id}`, 'aria-label': `Link to: ${summary}` }, '#')
}

function answerPart({ status, sentences, schema }) {
  return [
    el('h4', {}, 'Answer ', statusCode(status), ' ', sentences.join(' ')),
    schema && (schema.properties ? memberList(schema) : el('p', {}, el('code', {}, typeOf(schema)))),
  ]
}

function statusCode(status) {
  return el('span', { class: `status ${status < 400 ? 'good' : 'bad'}` }, String(status))
}

function memberList(schema) {
  return el('dl', { class: 'members' }, membersOf(schema).map(memberRow))
}

function memberRow({ prefix, key, schema, required }) {
  const example = schema.examples?.[0]
  return el(
    'div',
    {},
    el(
      'dt',
      {},
      el('code', { class: 'name' }, prefix && el('span', {}, prefix), key),
      el('span', { class: 'type' }, [typeOf(schema), ...limitsOf(schema)].join(' · ')),
      !required && el('span', { class: 'optional' }, 'optional'),
    ),
    schema.description && el('dd', {}, prose(schema.description)),
    example !== undefined &&
      el('dd', { class: 'example' }, 'Example ', el('code', {}, JSON.stringify(example))),
  )
}

function refusalList(answers) {
  return el(
    'details',
    { class: 'refusals' },
    el(
      'summary',
      {},
      el('h4', {}, 'Refusals'),
      answers.map(({ status }) => [' ', statusCode(status)]),
    ),
    el('dl', {}, answers.map(refusalRow)),
  )
}

function refusalRow({ status, sentences, schema }) {
  return el(
    'div',
    {},
    el('dt', {}, statusCode(status)),
    sentences.map((sentence) => el('dd', {}, prose(sentence))),
    schema && el('dd', { class: 'shape' }, el('code', {}, shapeOf(schema))),
  )
}
