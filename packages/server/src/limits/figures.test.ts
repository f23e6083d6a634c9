import { describe, expect, test } from 'vitest'
import { metrics } from '../metrics/table.ts'
import { policiesOf, rulesOf, tuned } from './figures.ts'
import { type RuleName, rules } from './rules.ts'

const usual = { scale: 1, mostDelaySeconds: 900 }
const names = Object.keys(rules) as RuleName[]

describe('the table of rules', () => {
  test('is the label of the metric', () => {
    const { rule } = metrics.countersign_rate_limited_total.labels
    expect(rule.filter((one) => one !== 'other')).toEqual(names)
  })

  test.each(names)('%s stands as it is where nothing is tuned', (name) => {
    expect(tuned(name, usual)).toEqual(rules[name].figures)
  })

  test('P12: has logins by address, by account and by both, the last two up to the ceiling of NIST', () => {
    expect(rulesOf('login').map((name) => rules[name].by)).toEqual([
      ...['address', 'account', 'account', 'pair', 'pair'],
    ])
    for (const name of ['login_account_ceiling', 'login_pair_ceiling'] as const)
      expect(tuned(name, usual)).toMatchObject({ free: 99, mostSeconds: 3600 })
  })
})

describe('tuning', () => {
  test('a factor lets so many times as much through, and nothing rounds to none or to a halt', () => {
    expect(tuned('login_address', { ...usual, scale: 2 })).toMatchObject({ burst: 120, everySeconds: 2 })
    expect(tuned('login_account', { ...usual, scale: 0.5 })).toMatchObject({ free: 3, firstSeconds: 1 })
    for (const name of names) {
      for (const scale of [0.1, 1_000_000]) {
        const figures = tuned(name, { ...usual, scale })
        const [count, least] =
          figures.kind === 'rate' ? [figures.burst, figures.everySeconds] : [figures.free, 1]
        expect(count, name).toBeGreaterThanOrEqual(1)
        expect(least * 1000, name).toBeGreaterThanOrEqual(1)
        expect(Number.isInteger(least * 1000), name).toBe(true)
      }
    }
  })

  test('the longest delay is that of what grows; the ceiling stays', () => {
    const short = { ...usual, mostDelaySeconds: 60 }
    expect(tuned('login_account', short)).toMatchObject({ mostSeconds: 60 })
    expect(tuned('login_account_ceiling', short)).toMatchObject({ mostSeconds: 3600 })
  })

  test('policies tell how many, and in which time', () => {
    expect(policiesOf('register', usual)).toEqual([
      { name: 'register_address', quota: 20, windowSeconds: 3600 },
    ])
    expect(policiesOf('code', usual)[1]).toEqual({ name: 'code_account', quota: 5, windowSeconds: 86_400 })
  })
})
