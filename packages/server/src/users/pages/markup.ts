import { escapeMarkup } from '../../markup.ts'

/** Markup that is safe as it stands; only the tag below makes it from texts. */
export interface Markup {
  readonly markup: string
}

type Part = string | Markup | readonly Markup[] | undefined

/** Writes markup. A text in it stays text; undefined is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { markup: parts.map((part, index) => part + markupOf(values[index])).join('') }
}

function markupOf(value: Part): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return escapeMarkup(value)
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
}

/** What pages know of the place that they are in. */
export interface Place {
  /** as people call it */
  site: string
  /** before every path of ours; empty where we have a whole host */
  base: string
  minPasswordLength: number
}

/** What stands around every page. */
export interface Page {
  /** the heading, and what the window is called */
  title: string
  place: Place
  /** what is wrong, for the head of the page: a sentence, and the field that it is about */
  faults?: readonly Fault[]
  body: Markup
  /** before the heading of a page that says what was done stands a tick */
  mark?: 'open' | 'done'
}

export interface Fault {
  field?: string
  message: string
}

/** A whole document. It needs no script and loads two style sheets of ours. */
export function documentOf({ title, place: { site, base }, faults = [], body, mark = 'open' }: Page): string {
  const { markup } = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${faults.length > 0 ? 'Error: ' : ''}${title} · ${site}</title>
    <link rel="icon" type="image/svg+xml" href="${base}/favicon.svg">
    <link rel="stylesheet" href="${base}/assets/base.css">
    <link rel="stylesheet" href="${base}/assets/account.css">
  </head>
  <body>
    <header><img src="${base}/favicon.svg" alt="" width="24" height="24"> ${site}</header>
    <main class="${mark}">
      <h1>${title}</h1>
      ${summaryOf(faults)}${body}
    </main>
  </body>
</html>
`
  return markup
}

/** Read out and looked at first; each fault leads to its field. */
function summaryOf(faults: readonly Fault[]): Markup | undefined {
  if (faults.length === 0) return undefined
  return html`<div class="faults" role="alert" tabindex="-1" autofocus>
        <ul>${faults.map(({ field, message }) =>
          field === undefined ? html`<li>${message}</li>` : html`<li><a href="#${field}">${message}</a></li>`,
        )}</ul>
      </div>
      `
}

/** A field of a form. */
export interface Input {
  name: string
  label: string
  type: 'email' | 'password' | 'text'
  autocomplete: string
  value?: string
  hint?: string
  /** shown and sent, but not to be changed */
  fixed?: true
  numeric?: true
}

/** A labelled field, with what is wrong with it below. */
export function inputOf(input: Input, faults: readonly Fault[] = []): Markup {
  const { name, label, hint, value } = input
  const own = faults.filter(({ field }) => field === name)
  const notes = [hint && `${name}-hint`, own.length > 0 && `${name}-fault`].filter(Boolean).join(' ')
  return html`
        <div class="field">
          <label for="${name}">${label}</label>
          ${hint === undefined ? undefined : html`<p class="note" id="${name}-hint">${hint}</p>`}
          ${own.length === 0 ? undefined : html`<p class="fault" id="${name}-fault">${own.map(({ message }) => message).join(' ')}</p>`}
          <input id="${name}" name="${name}" type="${input.type}" autocomplete="${input.autocomplete}"
            autocapitalize="none" spellcheck="false" ${kindOf(input)}${value === undefined ? undefined : html`value="${value}" `}${
              notes === '' ? undefined : html`aria-describedby="${notes}" `
            }${own.length === 0 ? undefined : html`aria-invalid="true" `}>
        </div>`
}

function kindOf({ fixed, numeric }: Input): Markup {
  if (fixed) return html`readonly `
  return numeric ? html`inputmode="numeric" required ` : html`required `
}

/** A form that is sent to a page of ours; what is hidden goes with it. */
export function formOf(form: {
  action: string
  button: string
  hidden?: Readonly<Record<string, string>>
  fields?: readonly Markup[]
}): Markup {
  const hidden = Object.entries(form.hidden ?? {})
  return html`<form method="post" action="${form.action}">${hidden.map(
    ([name, value]) => html`
        <input type="hidden" name="${name}" value="${value}">`,
  )}${form.fields ?? []}
        <button class="button" type="submit">${form.button}</button>
      </form>`
}
