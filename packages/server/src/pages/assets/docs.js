import { el } from './dom.js'
import { readOperations } from './operations.js'
import { methodBadge, reference } from './reference.js'
import { createTokens, fillTokenPanel } from './tokens.js'
import { tryPanel } from './try.js'

const byId = (id) => document.getElementById(id)

async function show() {
  const response = await fetch('/openapi.json', { headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`/openapi.json answered ${response.status}`)
  const api = await response.json()
  const tokens = createTokens()
  const groups = Map.groupBy(readOperations(api), ({ group }) => group)
  byId('description').textContent = api.info.description
  byId('contents').append(...[...groups].flatMap(contentsPart))
  fillTokenPanel(byId('token'), tokens)
  byId('operations').append(...[...groups].map((group) => groupPart(group, tokens)))
  byId('loading').remove()
}

function contentsPart([group, operations]) {
  return [
    el('p', { id: labelId(group) }, group),
    el(
      'ul',
      { 'aria-labelledby': labelId(group) },
      operations.map(({ id, method, path }) =>
        el('li', {}, el('a', { href: `#${id}` }, methodBadge(method), ' ', el('code', {}, path))),
      ),
    ),
  ]
}

function labelId(group) {
  return `contents-${group.replaceAll(' ', '-')}`
}

function groupPart([group, operations], tokens) {
  return el(
    'section',
    { class: 'group' },
    el('h2', {}, group),
    operations.map((operation) =>
      el(
        'section',
        { class: 'operation', id: operation.id, 'aria-labelledby': `${operation.id}-title` },
        reference(operation),
        tryPanel(operation, tokens),
      ),
    ),
  )
}

/** Marks in the contents what is being read. */
function followReading() {
  const links = new Map(
    [...document.querySelectorAll('#contents a')].map((link) => [link.hash.slice(1), link]),
  )
  const observer = new IntersectionObserver(
    (entries) => {
      const entered = entries.find(({ isIntersecting }) => isIntersecting)
      if (!entered) return
      for (const [id, link] of links) {
        if (id === entered.target.id) link.setAttribute('aria-current', 'true')
        else link.removeAttribute('aria-current')
      }
    },
    { rootMargin: '-20% 0px -70%' },
  )
  for (const section of document.querySelectorAll('.operation')) observer.observe(section)
}

/** The browser looked for the place that the address names before it was there. */
function goToPlace() {
  byId(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView()
}

show().then(
  () => {
    followReading()
    goToPlace()
  },
  (error) => {
    byId('loading').textContent = `The description of this API could not be read: ${error.message}`
  },
)
