import type { AuthError, ErrorCode } from '../../errors.ts'
import { formPolicy } from '../../http/headers.ts'
import type { Place } from './markup.ts'
import { refusalPage } from './pages.ts'

const texts: Partial<Record<ErrorCode, { title: string; text: string }>> = {
  cross_site: {
    title: 'This form came from elsewhere',
    text: 'Open the link in the mail again, and send the form of the page that it leads to.',
  },
  overloaded: { title: 'Too busy', text: 'Too many people want in at once. Try again in a moment.' },
  unavailable: { title: 'Away for a moment', text: 'Nothing was changed. Try again in a moment.' },
  not_found: { title: 'No such page', text: 'There is nothing here.' },
  internal: { title: 'Something went wrong', text: 'It is not your fault.' },
}

const otherwise = { title: 'This did not work', text: 'The request could not be read.' }

/** Of every page. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': formPolicy,
}

/** How the pages show people what is refused. */
export function showRefusal(place: Place) {
  return (refusal: AuthError, requestId: string) => ({
    headers: pageHeaders,
    body: refusalPage(place, wordsOf(refusal, requestId)),
  })
}

function wordsOf({ code, details }: AuthError, requestId: string): { title: string; text: string } {
  if (code === 'throttled') {
    const text = `Wait ${waitText(details.retryAfterSeconds ?? 60)}, then try again.`
    return { title: 'Too many attempts', text }
  }
  const words = texts[code] ?? otherwise
  return code === 'internal'
    ? { ...words, text: `${words.text} Whoever looks into it needs this: ${requestId}` }
    : words
}

function waitText(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}
