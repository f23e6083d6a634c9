import { newId } from '../../../ids.ts'
import { testMessage } from '../../../webhooks/message.ts'
import { command, dataFlag } from '../../command.ts'
import { withTools } from '../../tools.ts'
import { webhooksHelp } from './help.ts'
import { getReceivers } from './receivers.ts'

/** Whether the receivers are there and take what we sign. */
export const testCommand = command({
  name: 'webhooks test',
  help: webhooksHelp,
  flags: dataFlag,
  async run({ values, terminal }) {
    const faults = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const now = tools.clock()
      const message = testMessage(newId(now), now)
      return Promise.all(
        getReceivers(tools).map(async ({ name, send }) => ({ name, fault: await send(message) })),
      )
    })
    for (const { name, fault } of faults) {
      terminal.print(fault === undefined ? `${name} took it.` : `${name} did not take it: ${fault}.`)
    }
    return faults.every(({ fault }) => fault === undefined) ? 0 : 1
  },
})
