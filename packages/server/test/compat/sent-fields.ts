import { jsonNumberText, parseJsonBody } from '../../src/http/bodies/json-body.ts'

/** The text members of a body as they were sent, whatever its encoding; none where it cannot be read. */
export function sentFields(body: string, contentType: string): Readonly<Record<string, string>> {
  try {
    if (contentType.startsWith('multipart/')) return ofMultipart(body)
    if (contentType.startsWith('application/x-www-form'))
      return Object.fromEntries(new URLSearchParams(`?${body}`))
    return ofJson(body)
  } catch {
    return {}
  }
}

function ofJson(body: string): Record<string, string> {
  const parsed = parseJsonBody(Buffer.from(body)) as Record<string, unknown> | null
  const texts = Object.entries(parsed ?? {}).flatMap(([name, value]): [string, string][] => {
    const text = typeof value === 'string' ? value : jsonNumberText(value)
    return text === undefined ? [] : [[name, text]]
  })
  return Object.fromEntries(texts)
}

function ofMultipart(body: string): Record<string, string> {
  return Object.fromEntries(
    [...body.matchAll(/name="(\w+)".*?\r\n\r\n(.*?)\r\n--/gs)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
}
