import { withoutVariety } from '../contract/scenario.ts'
import { claimsOf } from '../contract/tokens.ts'
import type { Answer } from '../harness.ts'

/** What is compared of an answer. */
export interface Shown {
  status: number
  /** with placeholders for what differs each time; `<html page>` for any page */
  body: string
  headers: Readonly<Record<string, string>>
}

const compared = ['content-type', 'allow', 'www-authenticate', 'vary', 'location']

/** An answer as it is compared. */
export function show({ status, headers, text }: Answer, user: string): Shown {
  const isPage = String(headers['content-type'] ?? '').startsWith('text/html')
  const kept = compared.flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, String(value)]]
  })
  return {
    status,
    body: isPage && text !== '' ? '<html page>' : withPlaceholders(text, user),
    headers: Object.fromEntries(kept) as Record<string, string>,
  }
}

function withPlaceholders(text: string, user: string): string {
  const named = text.replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, kindOf)
  return withoutVariety(named, user).replaceAll(/"id":(?:"<uuid>"|"\d+"|\d+)/g, '"id":<id>')
}

function kindOf(token: string): string {
  try {
    return `<${String(claimsOf(token).token_type)} token>`
  } catch {
    return token
  }
}

/** Whether the two are one answer, byte for byte. */
export function isEqual(django: Shown, ours: Shown): boolean {
  return sameStatusAndHeaders(django, ours) && django.body === ours.body
}

/** Whether ours says all that Django's does, with the same status and headers, and more. */
export function hasMore(django: Shown, ours: Shown): boolean {
  if (!sameStatusAndHeaders(django, ours) || ours.status >= 300) return false
  const [theirs, mine] = [members(django.body), members(ours.body)]
  if (!theirs || !mine) return false
  return Object.entries(theirs).every(([name, value]) => JSON.stringify(mine[name]) === JSON.stringify(value))
}

function sameStatusAndHeaders(django: Shown, ours: Shown): boolean {
  return django.status === ours.status && JSON.stringify(django.headers) === JSON.stringify(ours.headers)
}

function members(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.replaceAll('<id>', '"<id>"'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
