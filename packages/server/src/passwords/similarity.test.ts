import { expect, test } from 'vitest'
import { quickRatio } from './similarity.ts'

/** As `difflib.SequenceMatcher(a=left, b=right).quick_ratio()` of Python 3.11 tells them. */
const ratios: ReadonlyArray<readonly [string, string, number]> = [
  ['', '', 1.0],
  ['a', '', 0.0],
  ['', 'a', 0.0],
  ['alice', 'alice', 1.0],
  ['alice', 'ecila', 1.0],
  ['alice123', 'alice', 0.7692307692307693],
  ['alice2024!', 'alice', 0.6666666666666666],
  ['test1234', 'tester', 0.5714285714285714],
  ['password', 'drowssap1', 0.9411764705882353],
  ['aaaa', 'aa', 0.6666666666666666],
  ['aaab', 'abbb', 0.5],
  ['mississippi', 'simps', 0.625],
  ['grüße', 'grusse', 0.5454545454545454],
  ['grüßgott', 'gottgrüß', 1.0],
  ['密码密码', '密码', 0.6666666666666666],
  ['🔑🔑ab', '🔑ab', 0.8571428571428571],
  ['abcdefg', 'abcdefghij', 0.8235294117647058],
  ['abcdefghij', 'abcdefg123', 0.7],
  ['abcdefghij', 'abcdef1234', 0.6],
  ['liddell1865', 'liddell', 0.7777777777777778],
  ['aliceliddell', 'alice.liddell@example.com', 0.6486486486486487],
  ['e\u0301a', '\u00e9a', 0.4],
  ['correct horse', 'horse', 0.5555555555555556],
  ['zzzzzzz', 'yyyyyyy', 0.0],
]

test.each(ratios)('P10: %j and %j are alike as Python finds them: %d', (left, right, ratio) => {
  expect(quickRatio(left, right)).toBe(ratio)
})
