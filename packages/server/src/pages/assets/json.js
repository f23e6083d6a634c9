import { el } from './dom.js'

/** A text in JSON, indented; any other text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}

const pieces = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g

/** JSON as nodes, with its names and values told apart by class. */
export function coloured(text) {
  const nodes = []
  let end = 0
  for (const match of text.matchAll(pieces)) {
    const [whole, string, colon] = match
    const kind = string === undefined ? 'literal' : colon === undefined ? 'string' : 'name'
    const value = string ?? whole
    nodes.push(text.slice(end, match.index), el('span', { class: kind }, value))
    end = match.index + value.length
  }
  nodes.push(text.slice(end))
  return nodes
}
