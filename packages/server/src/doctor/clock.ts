import type { Store } from '../store/store.ts'
import { durationText, instantText } from '../times.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const firstPossible = Date.UTC(2026, 0, 1)
const toleranceMs = 60_000

/**
 * Whether the machine's clock can be right.
 * @param now what it says
 * @param newest the last instant that the database has seen, epoch milliseconds; 0 where that is not known
 */
export function examineClock(now: number, newest: number): Finding {
  const clock = instantText(now)
  if (now < firstPossible) return problem('clock', `says ${clock}, which is long gone`, 'set it')
  if (newest <= now + toleranceMs) return ok('clock', clock)
  const before = `${durationText(newest - now)} before what the database has seen already`
  return problem('clock', `says ${clock}, ${before}`, 'set it')
}

/** The same beside a database server, which has a clock of its own. */
export async function examineTime(
  { store }: { store: Pick<Store, 'readClock'> },
  machine: number,
  newest = 0,
): Promise<Finding> {
  if (!store.readClock) return examineClock(machine, newest)
  const skewMs = machine - (await store.readClock())
  if (Math.abs(skewMs) <= toleranceMs) return examineClock(machine, newest)
  const apart = `${durationText(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} the database’s`
  return warning(
    'clock',
    `is ${apart}. Countersign goes by the database’s; resource servers may not`,
    'set it',
  )
}
