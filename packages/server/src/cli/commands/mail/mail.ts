import { group } from '../../command.ts'
import { mailHelp } from './help.ts'
import { list } from './list.ts'
import { preview } from './preview.ts'
import { retry } from './retry.ts'
import { sendTest } from './send-test.ts'
import { show } from './show.ts'

/** What an operator sees and does of mail. */
export const mail = group('mail', mailHelp, { list, show, retry, test: sendTest, preview })
