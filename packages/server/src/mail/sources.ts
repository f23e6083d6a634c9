import { catalogue, type Template, type Words } from './catalogue.ts'

/** A letter with its placeholders still in it. */
export interface Source {
  /** one line */
  subject: string
  text: string
  /** a whole HTML document */
  html: string
}

/** A letter made of our own words. */
export function builtInSource(template: Template): Source {
  const words: Words = catalogue[template]
  return { subject: words.subject, text: textOf(words), html: htmlOf(words) }
}

const ends = 'The link and the code work once, until {{expires}}.'
const footer = 'Sent from {{host}}. Nobody reads answers to this address.'

function textOf({ heading, opening, action, details, closing }: Words): string {
  const width = Math.max(0, ...(details ?? []).map(([name]) => name.length))
  return [
    heading,
    ...opening.map(wrapped),
    ...(action ? [`${action}:\n{{link}}`, 'Or enter this code: {{code}}', ends] : []),
    ...(details ? [details.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')] : []),
    ...closing.map(wrapped),
    `-- \n${wrapped(footer)}\n`,
  ].join('\n\n')
}

const mostColumns = 72

/** A placeholder counts as a short word: a long name makes a long line, which every reader can break. */
function wrapped(paragraph: string): string {
  const lines = ['']
  for (const word of paragraph.split(' ')) {
    const line = lines.at(-1) ?? ''
    const columns = lengthOf(line) + 1 + lengthOf(word)
    if (line !== '' && columns > mostColumns) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}

function lengthOf(text: string): number {
  return text.replaceAll(/\{\{\w+\}\}/g, 'a name').length
}

/** Readers that know no style sheet see the light colours, which stand at the elements themselves. */
const styles = {
  body: 'margin:0;padding:0;background:#f4f4f1;color:#1b1b18;-webkit-text-size-adjust:100%',
  page: "max-width:560px;margin:0 auto;padding:32px 16px;font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;text-wrap:pretty",
  site: 'margin:0 0 16px;padding:0 4px;font-size:15px;font-weight:600;color:#63625c',
  card: 'padding:32px;background:#ffffff;border:1px solid #e4e3df;border-radius:12px',
  heading: 'margin:0;font-size:24px;line-height:1.25;letter-spacing:-0.015em;text-wrap:balance;color:#1b1b18',
  ink: 'margin:16px 0 0;color:#1b1b18;overflow-wrap:anywhere',
  soft: 'margin:12px 0 0;font-size:14px;color:#63625c',
  action: 'margin:24px 0 0',
  button:
    'display:inline-block;padding:12px 24px;border-radius:8px;background:#0f6b50;color:#ffffff;font-weight:600;text-decoration:none',
  label: 'margin:24px 0 0;font-size:14px;color:#63625c',
  code: "margin:4px 0 0;font:600 26px/1.3 ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace;letter-spacing:0.12em;color:#1b1b18",
  details: 'margin:24px 0 0;padding:4px 16px 16px;background:#f4f4f1;border-radius:8px;font-size:14px',
  detail: 'margin:12px 0 0;line-height:1.4;color:#1b1b18;overflow-wrap:anywhere',
  name: 'color:#63625c',
  rest: 'margin:28px 0 0;padding:12px 0 0;border-top:1px solid #e4e3df',
  link: 'color:#0f6b50;overflow-wrap:anywhere',
  footer: 'margin:16px 0 0;padding:0 4px;font-size:13px;color:#63625c',
} as const

const sheet = `
      @media (prefers-color-scheme: dark) {
        .body { background: #151614 !important; color: #ebeae5 !important }
        .card { background: #1d1e1c !important; border-color: #32332f !important }
        .ink { color: #ebeae5 !important }
        .soft { color: #a3a29a !important }
        .well { background: #151614 !important }
        .rule { border-color: #32332f !important }
        .link { color: #6cc9a6 !important }
        .button { background: #6cc9a6 !important; color: #0c1f18 !important }
      }
      @media (max-width: 480px) {
        .card { padding: 24px 20px !important }
        .button { display: block !important; text-align: center !important }
      }
    `

function htmlOf({ heading, opening, action, details, closing }: Words): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="supported-color-schemes" content="light dark">
    <title>${heading}</title>
    <style>${sheet}</style>
  </head>
  <body class="body" style="${styles.body}">
    <div class="body" style="${styles.body}">
      <div style="${styles.page}">
        <p class="soft" style="${styles.site}">{{site}}</p>
        <div class="card" style="${styles.card}">
          <h1 class="ink" style="${styles.heading}">${heading}</h1>
${[
  ...opening.map((text) => paragraph(text, 'ink')),
  ...(action ? [actionHtml(action)] : []),
  ...(details ? [detailsHtml(details)] : []),
  action ? restHtml(closing) : closing.map((text) => paragraph(text, 'ink')).join('\n'),
].join('\n')}
        </div>
        <p class="soft" style="${styles.footer}">${footer}</p>
      </div>
    </div>
  </body>
</html>
`
}

/** A user's name stands out: by it he knows what a letter is about. */
function paragraph(text: string, tone: 'ink' | 'soft'): string {
  const marked = text.replaceAll('{{username}}', '<strong>{{username}}</strong>')
  return `          <p class="${tone}" style="${styles[tone]}">${marked}</p>`
}

function actionHtml(action: string): string {
  return `          <p style="${styles.action}"><a class="button" href="{{link}}" style="${styles.button}">${action}</a></p>
          <p class="soft" style="${styles.label}">Or enter this code:</p>
          <p class="ink" style="${styles.code}">{{code}}</p>
${paragraph(ends, 'soft')}`
}

function detailsHtml(details: NonNullable<Words['details']>): string {
  const rows = details.map(
    ([name, value]) =>
      `            <p class="ink" style="${styles.detail}"><span class="soft" style="${styles.name}">${name}</span><br>${value}</p>`,
  )
  return `          <div class="well" style="${styles.details}">\n${rows.join('\n')}\n          </div>`
}

/** After what is to be done: what to do otherwise, in a softer voice. */
function restHtml(closing: readonly string[]): string {
  const plain = `<a class="link" href="{{link}}" style="${styles.link}">{{link}}</a>`
  const lines = [...closing, `If the button does nothing, open this address:<br>${plain}`]
  const paragraphs = lines.map((text) => paragraph(text, 'soft'))
  return `          <div class="rule" style="${styles.rest}">\n${paragraphs.join('\n')}\n          </div>`
}
