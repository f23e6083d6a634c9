import type { Setting } from './setting.ts'
import { settings } from './settings.ts'

const introduction = `# Configuration

Every setting has a name in the environment; some have a flag, which wins over it. A value that cannot be used stops the
start, and all such values are told at once. \`countersign start\` also refuses what is unsafe in production: no issuer,
plain http beyond this machine, no secret, refresh tokens that outlive their session, and variables that begin with
\`COUNTERSIGN_\` and are no setting.

A duration is written as \`15m\`, \`12h\`, \`7d\`, \`900\` (seconds) or \`PT15M\`. Where "or \`…_FILE\`" stands, that variable may
name a file that holds the value instead; to set both is an error.

`

const closing = `
This page is made from the table of settings: \`npm run docs\` writes it anew.
`

/** The reference page of all settings, in Markdown; \`docs/reference/configuration.md\` is this text. */
export function settingsReference(): string {
  const rows = Object.values<Setting<unknown>>(settings).map(rowOf)
  const table = [['Setting', 'Flag', 'Default', 'Values', 'What it is'], Array(5).fill('---'), ...rows]
  return `${introduction}${table.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}${closing}`
}

function rowOf({ env, flag, secret, doc, ...setting }: Setting<unknown>): string[] {
  const name = secret ? `${code(env)} or ${code(`${env}_FILE`)}` : code(env)
  return [name, flag ? code(`--${flag}`) : '', defaultOf(setting), valuesOf(setting), doc]
}

/** What the setting's own parser says it expects, asked with texts that hardly any of them takes. */
function valuesOf({ parse }: Pick<Setting<unknown>, 'parse'>): string {
  for (const refused of ['', '*']) {
    const answer = parse(refused)
    if ('expected' in answer) return answer.expected
  }
  return ''
}

function defaultOf({
  default: usual,
  productionDefault,
}: Pick<Setting<unknown>, 'default' | 'productionDefault'>): string {
  if (!usual) return ''
  return productionDefault ? `${code(usual)}, in production ${code(productionDefault)}` : code(usual)
}

function code(text: string): string {
  return `\`${text}\``
}

if (import.meta.main) process.stdout.write(settingsReference())
