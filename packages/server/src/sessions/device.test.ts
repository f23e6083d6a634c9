import { expect, test } from 'vitest'
import { deviceLabel } from './device.ts'

const chrome =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'

test.each([
  { says: chrome, label: 'Chrome 141, Linux' },
  { says: phone, label: 'Safari 18, iOS' },
  { says: 'curl/7.88.1', label: 'curl/7.88.1' },
  { says: 'python-requests/2.31.0', label: 'python-requests/2.31.0' },
  { says: '', label: '' },
  { says: '\u202Eevil\u0000 name', label: 'evil' },
  { says: 'x'.repeat(5000), label: 'x'.repeat(40) },
])('$says is $label, asked twice', ({ says, label }) => {
  expect(deviceLabel(says)).toBe(label)
  expect(deviceLabel(says)).toBe(label)
})

test('ten thousand programs do not grow the memory: the labels stay right', () => {
  for (let index = 0; index < 10_000; index += 1)
    expect(deviceLabel(`agent${index}/1`)).toBe(`agent${index}/1`)
  expect(deviceLabel(chrome)).toBe('Chrome 141, Linux')
})
