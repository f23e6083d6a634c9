import { failedMails } from '../../../mail/failed.ts'
import { command, dataFlag } from '../../command.ts'
import { pageFlags, readPage } from '../../page.ts'
import { withTools } from '../../tools.ts'
import { mailHelp } from './help.ts'
import { mailJson, mailsTable } from './mail-text.ts'

/** A page of the outbox, newest first. */
export const list = command({
  name: 'mail list',
  help: mailHelp,
  flags: { ...dataFlag, ...pageFlags, failed: { type: 'boolean' }, json: { type: 'boolean' } },
  async run({ values, terminal }) {
    const page = readPage(values)
    const found = await withTools({ flags: values, wanted: 'existing' }, ({ store }) =>
      values.failed ? failedMails(store, page) : store.listMails(page),
    )
    if (values.json) {
      terminal.print(JSON.stringify(found.map(mailJson)))
      return 0
    }
    if (found.length === 0) terminal.say(values.failed ? 'No mail was given up.' : 'No mail.')
    else terminal.print(mailsTable(found))
    if (found.length === page.limit) {
      const flag = values.failed ? ' --failed' : ''
      terminal.say(`There may be more: countersign mail list${flag} --after ${found.at(-1)?.id}`)
    }
    return 0
  },
})
