import { hex } from '../../../audit/trail/event-json.ts'
import { type ChainFault, type ChainVerdict, verifyChain } from '../../../audit/trail/verify.ts'
import { command, dataFlag } from '../../command.ts'
import { withTools } from '../../tools.ts'
import { auditHelp } from './help.ts'

/** Whether the trail is what was written. */
export const verify = command({
  name: 'audit verify',
  help: auditHelp,
  flags: { ...dataFlag, json: { type: 'boolean' } },
  async run({ values, terminal }) {
    const verdict = await withTools({ flags: values, wanted: 'existing' }, ({ store }) => verifyChain(store))
    terminal.print(values.json ? JSON.stringify(verdictJson(verdict)) : verdictText(verdict))
    return verdict.outcome === 'whole' ? 0 : 1
  },
})

function verdictJson(verdict: ChainVerdict): object {
  if (verdict.outcome === 'broken') return verdict
  return { ...verdict, chain: verdict.chain && hex(verdict.chain) }
}

const faults: Readonly<Record<ChainFault, string>> = {
  missing: 'it is not there, or another stands in its place',
  changed: 'it, or its link to the one before it, was changed',
  personal_changed: 'its address or device was changed',
  end_changed: 'events after it are gone, or what is noted of the end was changed',
}

function verdictText(verdict: ChainVerdict): string {
  if (verdict.outcome === 'broken') {
    const { number, fault } = verdict
    return `The chain is broken at event ${number}: ${faults[fault]}.`
  }
  const { first, last, chain } = verdict
  const gone = first === 1 ? '' : `; ${first - 1} before it were deleted, being too old`
  if (last < first) return `There are no events${gone}.`
  return `The chain is whole from event ${first} to event ${last}${gone}.\nIts last link: ${hex(chain ?? Buffer.alloc(0))}`
}
