import { type Action, type DelayFigures, type RateFigures, type Rule, type RuleName, rules } from './rules.ts'

/** How the settings change the figures of the table. */
export interface Tuning {
  /** so many times as much is let through */
  scale: number
  /** a delay grows no further */
  mostDelaySeconds: number
}

/** One rule as `RateLimit-Policy` tells it. */
export interface Policy {
  name: RuleName
  /** how many at once */
  quota: number
  windowSeconds: number
}

/** The names of an action's rules, in the order of the table. */
export function rulesOf(action: Action): RuleName[] {
  return (Object.keys(rules) as RuleName[]).filter((name) => rules[name].action === action)
}

/** The names of all rules that make somebody wait for his failures. */
export function delayRules(): RuleName[] {
  return (Object.keys(rules) as RuleName[]).filter((name) => rules[name].figures.kind === 'delay')
}

/** A rate in this deployment; one of less than a millisecond is none. */
export function tunedRate(figures: RateFigures, { scale }: Tuning): RateFigures {
  const everySeconds = Math.max(1, Math.round((figures.everySeconds / scale) * 1000)) / 1000
  return { ...figures, burst: scaled(figures.burst, scale), everySeconds }
}

/** A rule's figures in this deployment. */
export function tuned(name: RuleName, tuning: Tuning): RateFigures | DelayFigures {
  const { figures }: Rule = rules[name]
  if (figures.kind === 'rate') return tunedRate(figures, tuning)
  const grows = figures.firstSeconds < figures.mostSeconds
  const mostSeconds = grows ? tuning.mostDelaySeconds : figures.mostSeconds
  return { ...figures, free: scaled(figures.free, tuning.scale), mostSeconds }
}

function scaled(count: number, scale: number): number {
  return Math.max(1, Math.round(count * scale))
}

/** What the rules of an action promise to let through. */
export function policiesOf(action: Action, tuning: Tuning): Policy[] {
  return rulesOf(action).map((name) => {
    const figures = tuned(name, tuning)
    if (figures.kind === 'delay') return { name, quota: figures.free, windowSeconds: figures.memorySeconds }
    return { name, quota: figures.burst, windowSeconds: Math.ceil(figures.burst * figures.everySeconds) }
  })
}
