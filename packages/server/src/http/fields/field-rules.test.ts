import { describe, expect, test } from 'vitest'
import { parseFormBody } from '../bodies/form-body.ts'
import { parseJsonBody } from '../bodies/json-body.ts'
import { type Read, readFlag, readText } from './field-rules.ts'

/** What a field reads from a member with this JSON text: the value, or the faults. */
function outcome(read: Read, json: string): unknown {
  const { member } = parseJsonBody(Buffer.from(`{"member":${json}}`)) as { member: unknown }
  const reading = read(member)
  return 'faults' in reading ? reading.faults : reading.value
}

describe('a text', () => {
  const plain = { maxLength: 3 }
  const nul = 'Null characters are not allowed.'
  const cases = [
    { name: 'text', rules: plain, value: '"abc"', gives: 'abc' },
    { name: 'H04 true', rules: plain, value: 'true', gives: ['Not a valid string.'] },
    { name: 'H04 false', rules: plain, value: 'false', gives: ['Not a valid string.'] },
    {
      name: 'no text at all, in the words of its field',
      rules: { notText: 'Enter a valid email address.' },
      value: '{}',
      gives: ['Enter a valid email address.'],
    },
    { name: 'H04 list', rules: plain, value: '["abc"]', gives: ['Not a valid string.'] },
    { name: 'H04 object', rules: plain, value: '{"a":"abc"}', gives: ['Not a valid string.'] },
    { name: 'H04 number in a list', rules: plain, value: '[5]', gives: ['Not a valid string.'] },
    {
      name: 'a number is its text',
      rules: {},
      value: '12345678901234567890',
      gives: '12345678901234567890',
    },
    { name: 'a float is its text', rules: plain, value: '1.0', gives: '1.0' },
    { name: 'trimmed', rules: plain, value: '" \\n\\u0085\\u001fabc\\u3000\\u001c\\r"', gives: 'abc' },
    { name: 'a BOM is no white space', rules: plain, value: '"\\ufeffa"', gives: '\ufeffa' },
    { name: 'inner space stays', rules: plain, value: '" a b "', gives: 'a b' },
    { name: 'space only', rules: plain, value: '"  "', gives: ['This field may not be blank.'] },
    { name: 'not trimmed', rules: { trim: false }, value: '" a "', gives: ' a ' },
    { name: 'spaces are a password', rules: { trim: false }, value: '"   "', gives: '   ' },
    {
      name: 'blank, not trimmed',
      rules: { trim: false },
      value: '""',
      gives: ['This field may not be blank.'],
    },
    { name: 'blank, where allowed', rules: { allowBlank: true }, value: '" "', gives: '' },
    {
      name: 'too long',
      rules: plain,
      value: '"abcd"',
      gives: ['Ensure this field has no more than 3 characters.'],
    },
    { name: 'code points are counted', rules: plain, value: '"😀😀😀"', gives: '😀😀😀' },
    { name: 'trimmed before it is counted', rules: plain, value: '"abc  "', gives: 'abc' },
    { name: 'NUL', rules: plain, value: '"a\\u0000"', gives: [nul] },
    {
      name: 'H06 lone surrogate',
      rules: plain,
      value: '"\\udfff\\ud800"',
      gives: ['Surrogate characters are not allowed: U+DFFF.'],
    },
    { name: 'H06 pair of surrogates', rules: plain, value: '"\\ud83d\\ude00"', gives: '😀' },
    {
      name: 'all faults in the order of the checks',
      rules: {
        maxLength: 3,
        first: [() => 'one', () => undefined, () => 'two'],
        last: [() => 'last'],
      },
      value: '"\\u0000abc\\ud800"',
      gives: [
        'one',
        'two',
        'Ensure this field has no more than 3 characters.',
        nul,
        'Surrogate characters are not allowed: U+D800.',
        'last',
      ],
    },
    {
      name: 'a blank text is not checked further',
      rules: { first: [() => 'one'] },
      value: '""',
      gives: ['This field may not be blank.'],
    },
  ]
  test.each(cases)('$name', ({ rules, value, gives }) => {
    expect(outcome(readText(rules), value)).toEqual(gives)
  })

  test('white space within a text costs no more than letters do', () => {
    const long = `a${' '.repeat(60_000)}b`
    expect(readText({})(long)).toEqual({ value: long })
  })

  test('H04 a file is not a valid string', () => {
    expect(readText({})(new File(['x'], 'x.txt'))).toEqual({ faults: ['Not a valid string.'] })
  })
})

describe('a flag', () => {
  const invalid = ['Must be a valid boolean.']
  const cases: [json: string, gives: unknown][] = [
    ...['true', '1', '1.0', '"true"', '"True"', '"on"', '"yes"', '"y"', '"t"', '"1"'].map(
      (json): [string, unknown] => [json, true],
    ),
    ...['false', '0', '-0', '0.0', '"false"', '"FALSE"', '"off"', '"no"', '"n"', '"f"', '"0"'].map(
      (json): [string, unknown] => [json, false],
    ),
    ...['2', '"2"', '""', '"tRUE"', '" true"', '[]', '[true]', '{}', '1e400'].map(
      (json): [string, unknown] => [json, invalid],
    ),
  ]
  test.each(cases)('%s', (json, gives) => {
    expect(outcome(readFlag, json)).toEqual(gives)
  })

  test('of a form', () => {
    expect(readFlag(parseFormBody(Buffer.from('all=on')).all)).toEqual({ value: true })
  })
})
