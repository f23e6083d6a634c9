import { escapeMarkup as escaped } from '../markup.ts'
import type { MailRow } from '../store/schema.ts'
import type { Letters, Opened } from './letters.ts'
import { mailState } from './mail-state.ts'

/** All mails, newest first. */
export function listPage(mails: readonly MailRow[], letters: Pick<Letters, 'open'>): string {
  const rows = mails.map((mail) => rowOf(mail, letters.open(mail)))
  const list =
    rows.length === 0
      ? '<p class="lead">No mail yet. Register a user, or ask for a new password.</p>'
      : `<ul class="mails">\n${rows.join('\n')}\n</ul>`
  const intro = 'In development nothing leaves this machine: what would be sent stays here.'
  return pageOf('Outbox', `<header><h1>Outbox</h1><p class="note">${intro}</p></header>\n${list}`)
}

function rowOf(mail: MailRow, opened: Opened): string {
  const subject = 'letter' in opened ? opened.letter.subject : mail.template
  return `<li>
  <a href="/dev/outbox/${escaped(mail.id)}">${escaped(subject)}</a>
  <span>${escaped(mail.recipient)}</span>
  <span>${instantMarkup(mail.created_at)}${stateNote(mail)}</span>
</li>`
}

/** In development all of them wait; only what became of the others is worth a word. */
function stateNote(mail: MailRow): string {
  const state = mailState(mail)
  return state === 'waiting' ? '' : ` · ${state}`
}

function instantMarkup(at: number): string {
  const iso = new Date(at).toISOString()
  return `<time datetime="${iso}">${iso.replace('T', ' ').slice(0, 19)} UTC</time>`
}

/** One mail: to whom, its HTML in a frame, its text. */
export function letterPage(mail: MailRow, opened: Opened): string {
  const subject = 'letter' in opened ? opened.letter.subject : mail.template
  const facts = `<dl class="facts">
  <dt>To</dt><dd>${escaped(mail.recipient)}</dd>
  <dt>Written</dt><dd>${instantMarkup(mail.created_at)}</dd>
  <dt>Template</dt><dd><code>${escaped(mail.template)}</code></dd>
  <dt>State</dt><dd>${mailState(mail)}${mail.last_error ? `: ${escaped(mail.last_error)}` : ''}</dd>
</dl>`
  const head = `<nav><a href="/dev/outbox">Outbox</a></nav><header><h1>${escaped(subject)}</h1>${facts}</header>`
  return pageOf(
    subject,
    'letter' in opened ? `${head}${letterMarkup(mail.id, opened.letter)}` : `${head}${gone}`,
  )
}

const gone = '<p class="lead">What it said is forgotten: it was sent, or its secret is another one now.</p>'

function letterMarkup(id: string, { text }: { text: string }): string {
  return `
<section aria-labelledby="as-html"><h2 id="as-html">As HTML</h2>
<iframe title="The mail as HTML" src="/dev/outbox/${escaped(id)}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
</section>
<section aria-labelledby="as-text"><h2 id="as-text">As text</h2>
<pre class="text" tabindex="0">${linked(text)}</pre>
</section>`
}

/** The text with its links to be clicked. */
function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) => (index % 2 ? `<a href="${escaped(part)}">${escaped(part)}</a>` : escaped(part)))
    .join('')
}

/** In its frame a link would open there, where our pages may not: it opens a page of its own. */
export function previewMarkup(html: string): string {
  return html.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`)
}

function pageOf(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${escaped(title)} · Countersign</title>
    <link rel="icon" type="image/svg+xml" href="/favicon.svg">
    <link rel="stylesheet" href="/assets/base.css">
    <link rel="stylesheet" href="/assets/outbox.css">
  </head>
  <body>
    <main>
${main}
    </main>
  </body>
</html>
`
}
