import type { Shown } from './answers.ts'
import type { Outcome } from './compare.ts'

/** What came of all cases, in numbers. */
export interface Tally {
  cases: number
  equal: number
  /** a success that says all that Django says, and more */
  moreMembers: number
  /** how many have which reason of docs/compatibility.md */
  explained: Map<string, number>
  unexplained: Outcome[]
}

/** Counts what came of the cases. */
export async function tally(outcomes: AsyncIterable<Outcome>): Promise<Tally> {
  const counted: Tally = { cases: 0, equal: 0, moreMembers: 0, explained: new Map(), unexplained: [] }
  for await (const outcome of outcomes) {
    counted.cases += 1
    const { verdict, reason = '' } = outcome
    if (verdict === 'equal') counted.equal += 1
    else if (verdict === 'more members') counted.moreMembers += 1
    else if (verdict === 'unexplained') counted.unexplained.push(outcome)
    else counted.explained.set(reason, (counted.explained.get(reason) ?? 0) + 1)
  }
  return counted
}

const shownInFull = 5

/** The numbers as text, and the first differences that nothing explains in full. */
export function reportOf({ cases, equal, moreMembers, explained, unexplained }: Tally): string {
  const reasons = [...explained].sort(([, a], [, b]) => b - a)
  const deviating = reasons.reduce((sum, [, count]) => sum + count, 0)
  return [
    row(cases, 'cases'),
    row(equal, 'equal, byte for byte'),
    row(moreMembers, 'equal, with members that Django does not have'),
    row(deviating, 'answered otherwise, for a reason that docs/compatibility.md gives:'),
    ...reasons.map(([reason, count]) => `  ${row(count, reason)}`),
    row(unexplained.length, 'answered otherwise, and nothing says why'),
    ...unexplained.slice(0, shownInFull).map(inFull),
  ].join('\n')
}

function row(count: number, text: string): string {
  return `${String(count).padStart(7)}  ${text}`
}

function inFull({ case: { name, kind }, sent, django, ours }: Outcome): string {
  return `\n--- ${name} (${kind})\n${sent}\n\nDjango:      ${answerLine(django)}\nCountersign: ${answerLine(ours)}`
}

function answerLine({ status, body, headers }: Shown): string {
  return `${status} ${body}\n             ${JSON.stringify(headers)}`
}
