import type { Check } from '../../../health/health.ts'
import { createMerge } from '../../../metrics/merge.ts'
import type { Crew } from './crew.ts'

/** What an operator can ask about the workers of a primary process. */
export function openCrewHealth(crew: Crew) {
  const merge = createMerge()
  return {
    readiness: () => readiness(crew),
    /** what they count and measure, as one text; the gauges of those that do not answer are left out */
    async metrics(): Promise<string> {
      const snapshots = await crew.ask('metrics')
      return merge(snapshots.filter((snapshot) => snapshot !== undefined))
    },
  }
}

/** Whether they should get traffic: one that can do its work is enough. A line names them all. */
async function readiness(crew: Crew): Promise<Check[]> {
  const answers = await crew.ask('readiness')
  const verdicts = answers.map(verdictOn)
  const ready = verdicts.filter((verdict) => verdict === isFit).length
  const each = verdicts.map((verdict, index) => `${index + 1} ${verdict}`).join('; ')
  const isDraining = crew.isDraining()
  return [
    { name: 'workers', ok: ready > 0, detail: `${ready} of ${answers.length} ready (${each})` },
    { name: 'draining', ok: !isDraining, detail: isDraining ? 'shutting down' : 'no' },
  ]
}

const isFit = 'is ready'

/** @param checks undefined from a worker that is not there, or stuck */
function verdictOn(checks: readonly Check[] | undefined): string {
  if (!checks) return 'does not answer'
  const amiss = checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`)
  return amiss.length === 0 ? isFit : amiss.join(', ')
}
