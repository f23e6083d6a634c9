import {
  type DelayFigures,
  type RateFigures,
  type Rule,
  type RuleName,
  rules,
} from '../../src/limits/rules.ts'
import { type MadeParts, markdownTable } from './made-parts.ts'

const countedBy: Readonly<Record<Rule['by'], string>> = {
  address: 'address',
  account: 'user',
  pair: 'user at a known address',
  session: 'session',
}

/** The made part of the page: every rule with its figures. */
export function throttlingParts(): MadeParts {
  const rows = (Object.keys(rules) as RuleName[]).map((name) => {
    const { by, counts, figures }: Rule = rules[name]
    return [`\`${name}\``, countedBy[by], counts, toldFigures(figures)]
  })
  return new Map([['rules', markdownTable(['rule', 'for each', 'counts', 'lets in'], rows)]])
}

function toldFigures(figures: RateFigures | DelayFigures): string {
  if (figures.kind === 'rate')
    return `${figures.burst} at once, then one every ${toldTime(figures.everySeconds)}`
  const { free, firstSeconds, mostSeconds, memorySeconds } = figures
  const most = mostSeconds > firstSeconds ? `, doubling up to ${toldTime(mostSeconds)}` : ''
  return `${free} failures in a row, then one after ${toldTime(firstSeconds)}${most}; forgotten after ${toldTime(memorySeconds)} without one`
}

function toldTime(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
