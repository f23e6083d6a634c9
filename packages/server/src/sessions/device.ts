import Bowser from 'bowser'

const maxLength = 40

/** Characters of the user-agent text that are looked at. */
const maxRead = 512

/**
 * What a user recognises a session by: `Chrome 156, Linux`, or a program's own first word such as `curl/7.88.1`. The
 * whole user-agent text is not kept: it is long, and says more about a person than we need.
 */
export function deviceLabel(userAgent: string): string {
  // A text of any length would be kept whole as long as its label.
  if (userAgent.length > maxRead) return makeLabel(userAgent)
  const known = labels.get(userAgent)
  if (known !== undefined) return known
  if (labels.size >= maxLabels) labels.clear()
  const label = makeLabel(userAgent)
  labels.set(userAgent, label)
  return label
}

/** A few programs make most logins, and reading what they say of themselves costs more than a signature. */
const maxLabels = 500
const labels = new Map<string, string>()

function makeLabel(userAgent: string): string {
  const { browser, os } = Bowser.parse(userAgent.slice(0, maxRead) || ' ')
  const version = browser.version?.split('.')[0]
  const named = [browser.name && version ? `${browser.name} ${version}` : browser.name, os.name]
  const label = named.filter(Boolean).join(', ')
  const readable = os.name && label ? label : (userAgent.split(/\s/, 1)[0] ?? '')
  return readable.replace(/[^\x20-\x7e]/g, '').slice(0, maxLength)
}
