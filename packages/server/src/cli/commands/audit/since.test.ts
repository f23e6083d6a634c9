import { expect, test } from 'vitest'
import { UsageError } from '../../failure.ts'
import { readSince } from './since.ts'

const now = Date.parse('2027-01-15T08:00:00Z')

test.each([
  [undefined, 0],
  ['2h', now - 7_200_000],
  ['7d', now - 604_800_000],
  ['90', now - 90_000],
  ['2027-01-15', now - 28_800_000],
  ['2027-01-15T09:00:00+01:00', now],
  ['2027-01-15T08:00:00.250Z', now + 250],
])('%s', (text, at) => {
  expect(readSince(text, now)).toBe(at)
})

test.each([
  'yesterday',
  '2027-13-45',
  '2027-01-15T08:00:00',
  '-2h',
  '',
  'Jan 15 2027',
])('%j is refused', (text) => {
  expect(() => readSince(text, now)).toThrow(UsageError)
})
