import type { Tools } from '../../../app/tools.ts'
import { failedMails } from '../../../mail/failed.ts'
import { command, dataFlag } from '../../command.ts'
import { CommandError, UsageError } from '../../failure.ts'
import { withTools } from '../../tools.ts'
import { mailHelp } from './help.ts'

/** Makes what was given up due again; the server sends it. */
export const retry = command({
  name: 'mail retry',
  help: mailHelp,
  flags: { ...dataFlag, all: { type: 'boolean' } },
  operands: ['[ID]'],
  async run({ values, operands: [id], terminal }) {
    if ((id === undefined) === (values.all === undefined))
      throw new UsageError('Name one mail by its ID, or --all.')
    terminal.print(
      await withTools({ flags: values, wanted: 'existing' }, (tools) =>
        id === undefined ? retryAll(tools) : retryOne(tools, id),
      ),
    )
    return 0
  },
})

async function retryOne({ store, clock }: Tools, id: string): Promise<string> {
  if (await store.retryMail({ id, now: clock() })) return `Mail ${id} is due again.`
  const mail = await store.findMail(id)
  throw new CommandError(mail ? `Mail ${id} was not given up.` : `There is no mail ${id}.`)
}

async function retryAll({ store, clock }: Tools): Promise<string> {
  const failed = await failedMails(store, { after: undefined, limit: Number.POSITIVE_INFINITY })
  let due = 0
  for (const { id } of failed) due += (await store.retryMail({ id, now: clock() })) ? 1 : 0
  return `${due === 1 ? 'One mail is' : `${due} mails are`} due again.`
}
