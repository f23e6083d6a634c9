import type { Page } from '../store/port/lists.ts'
import type { MailRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { mailState } from './mail-state.ts'

const batch = 500

/** Those that were given up, newest first; they lie among the others. */
export async function failedMails(
  store: Pick<Store, 'listMails'>,
  { limit, after }: Page,
): Promise<MailRow[]> {
  const failed: MailRow[] = []
  let from = after
  while (failed.length < limit) {
    const mails = await store.listMails({ after: from, limit: batch })
    failed.push(...mails.filter((mail) => mailState(mail) === 'failed'))
    from = mails.at(-1)?.id
    if (mails.length < batch) break
  }
  return failed.slice(0, limit)
}
