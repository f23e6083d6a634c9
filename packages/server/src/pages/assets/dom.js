/**
 * Makes an element. Children that are texts become text nodes, never markup; `undefined` and `false` are left out.
 * An attribute that is `true` is set without a value, one that is `false` or `undefined` is not set.
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== false))
  return element
}

/** A sentence as nodes: what stands between backticks is code. */
export function prose(text) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? el('code', {}, part) : part))
}
