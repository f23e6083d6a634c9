/** What a query asks of the metrics: enough of PromQL to hold it against what a server really shows. */
export interface Query {
  selectors: Selector[]
  /** labels by which it groups or joins */
  grouping: string[]
}

/** One metric in a query, with the conditions on its labels. */
export interface Selector {
  name: string
  matchers: { label: string; operator: '=' | '!=' | '=~' | '!~'; value: string }[]
}

const keywords = new Set(['and', 'or', 'unless', 'bool', 'offset', 'by', 'on', 'ignoring', 'without'])
const groupings = /\b(?:by|on|ignoring|without|group_left|group_right)\s*\(([^)]*)\)/g
const selector = /([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{([^}]*)\})?(?!\s*\(|[a-zA-Z0-9_:])/g
const matcher = /([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"([^"]*)"/g

/** @throws Error where the braces hold anything but matchers */
export function parseQuery(expression: string): Query {
  const grouping = [...expression.matchAll(groupings)].flatMap(([, list = '']) => namesIn(list))
  const rest = expression.replace(groupings, ' ').replace(/\[[^\]]*\]/g, ' ')
  const selectors = [...rest.matchAll(selector)]
    .filter(([, name = '']) => !keywords.has(name))
    .map(([, name = '', braces = '']) => ({ name, matchers: matchersIn(braces) }))
  return { selectors, grouping }
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
}

function matchersIn(braces: string): Selector['matchers'] {
  if (braces.replace(matcher, '').replaceAll(/[\s,]/g, '') !== '') throw new Error(`no matchers: ${braces}`)
  return [...braces.matchAll(matcher)].map(([, label = '', operator = '=', value = '']) => ({
    label,
    operator: operator as '=',
    value,
  }))
}

/** Whether a label's value fulfils the condition; patterns are anchored, as Prometheus has them. */
export function isMatch({ operator, value }: Selector['matchers'][number], text: string): boolean {
  switch (operator) {
    case '=':
      return text === value
    case '!=':
      return text !== value
    case '=~':
      return new RegExp(`^(?:${value})$`).test(text)
    case '!~':
      return !new RegExp(`^(?:${value})$`).test(text)
  }
}
