import type { Origin } from '../audit/events.ts'
import type { BackoffStep, RateStep } from '../store/port/limits.ts'
import { rulesOf, type Tuning, tuned } from './figures.ts'
import type { Account, Keys } from './keys.ts'
import { type Action, type DelayFigures, type RateFigures, type Rule, type RuleName, rules } from './rules.ts'

/** What is counted in the database. */
export type CountedAction = Exclude<Action, 'refresh'>

/** Who tries something, and whose account it is about. */
export interface Attempt {
  origin: Origin
  account?: Account | undefined
}

/** What an attempt is counted by, as the store takes it. */
export interface Steps {
  rates: RateStep[]
  backoffs: BackoffStep[]
}

/** Makes the steps of an attempt out of those rules of its action that count by one of these. */
export type MakeSteps = (action: CountedAction, attempt: Attempt, by: readonly Rule['by'][]) => Steps

export function createSteps(keys: Keys, tuning: Tuning): MakeSteps {
  return (action, attempt, by) => {
    const steps: Steps = { rates: [], backoffs: [] }
    for (const name of rulesOf(action)) {
      const key = by.includes(rules[name].by) ? keyOf(keys, name, attempt) : undefined
      const figures = tuned(name, tuning)
      if (key === undefined) continue
      if (figures.kind === 'rate') steps.rates.push(rateStep(key, figures))
      else steps.backoffs.push(backoffStep(key, figures))
    }
    return steps
  }
}

/** The keys of failures, which a success forgets; what flows steadily flows on. */
export function failuresOf({ backoffs }: Steps): string[] {
  return backoffs.map(({ key }) => key)
}

/** Undefined where the attempt has nothing that the rule counts by. */
function keyOf(keys: Keys, name: RuleName, { origin: { address }, account }: Attempt): string | undefined {
  switch (rules[name].by) {
    case 'address':
      return keys.address(name, address)
    case 'account':
      return account && keys.account(name, account)
    case 'pair':
      return account && keys.pair(name, { account, address })
    case 'session':
      return undefined
  }
}

function rateStep(key: string, { burst, everySeconds }: RateFigures): RateStep {
  return { key, burst, intervalMs: Math.round(everySeconds * 1000) }
}

function backoffStep(key: string, { free, ...figures }: DelayFigures): BackoffStep {
  const { firstSeconds, mostSeconds, memorySeconds } = figures
  return {
    ...{ key, free },
    firstMs: firstSeconds * 1000,
    mostMs: mostSeconds * 1000,
    memoryMs: memorySeconds * 1000,
  }
}
