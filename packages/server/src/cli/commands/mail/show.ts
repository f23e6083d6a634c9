import type { Tools } from '../../../app/tools.ts'
import { printable } from '../../../audit/printable.ts'
import type { MailRow } from '../../../store/schema.ts'
import { command, dataFlag } from '../../command.ts'
import { CommandError } from '../../failure.ts'
import { withTools } from '../../tools.ts'
import { mailHelp } from './help.ts'
import { mailJson, mailText } from './mail-text.ts'

/** One mail; its text in development alone, since what it says opens an account. */
export const show = command({
  name: 'mail show',
  help: mailHelp,
  flags: { ...dataFlag, json: { type: 'boolean' } },
  operands: ['ID'],
  async run({ values, operands: [id = ''], terminal }) {
    const { mail, letter } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const found = await tools.store.findMail(id)
      if (!found) throw new CommandError(`There is no mail ${id}.`)
      return { mail: found, letter: letterIn(tools, found) }
    })
    if (values.json) {
      terminal.print(JSON.stringify({ ...mailJson(mail), ...letter }))
      return 0
    }
    const said = letter ? `Subject: ${printable(letter.subject)}\n\n${linesOf(letter.text)}` : ''
    terminal.print(said ? `${mailText(mail)}\n\n${said}` : mailText(mail))
    return 0
  },
})

function letterIn(tools: Tools, mail: MailRow): { subject: string; text: string } | undefined {
  if (!tools.config.isDevelopment) return undefined
  const opened = tools.openLetters().open(mail)
  if (!('letter' in opened)) return undefined
  const { subject, text } = opened.letter
  return { subject, text }
}

function linesOf(text: string): string {
  return text.trimEnd().split('\n').map(printable).join('\n')
}
