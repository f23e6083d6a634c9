import { openLetters } from '../../../app/mail.ts'
import { systemClock } from '../../../clock.ts'
import { type Template, templates } from '../../../mail/catalogue.ts'
import { exampleFacts } from '../../../mail/examples.ts'
import type { Letter } from '../../../mail/letters.ts'
import { builtInSource } from '../../../mail/sources.ts'
import { command, dataFlag } from '../../command.ts'
import { UsageError } from '../../failure.ts'
import { suggestion } from '../../nearest.ts'
import { toolConfig } from '../../tools.ts'
import { mailHelp } from './help.ts'

/** A letter as its reader sees it, an operator's words in the place of ours; or ours to begin from. */
export const preview = command({
  name: 'mail preview',
  help: mailHelp,
  flags: { ...dataFlag, html: { type: 'boolean' }, source: { type: 'boolean' } },
  operands: ['TEMPLATE'],
  async run({ values, operands: [name = ''], terminal }) {
    const template = templates.find((one) => one === name)
    if (!template) throw new UsageError(`There is no template "${name}".${suggestion(name, templates, '')}`)
    const letter = values.source ? builtInSource(template) : exampleOf(template, values)
    terminal.print((values.html ? letter.html : textOf(letter)).trimEnd())
    return 0
  },
})

function exampleOf(template: Template, flags: { data?: string }): Letter {
  const now = systemClock()
  return openLetters(toolConfig(flags), systemClock).preview(template, exampleFacts(now)[template])
}

function textOf({ subject, text }: Letter): string {
  return `Subject: ${subject}\n\n${text}`
}
