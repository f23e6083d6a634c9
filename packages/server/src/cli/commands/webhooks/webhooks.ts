import { group } from '../../command.ts'
import { webhooksHelp } from './help.ts'
import { replay } from './replay.ts'
import { testCommand } from './test-command.ts'

/** What an operator does about those that events are posted to. */
export const webhooks = group('webhooks', webhooksHelp, { test: testCommand, replay })
