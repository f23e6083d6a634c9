import { describe, expect, test } from 'vitest'
import { readCookie, renderCookie, type SetCookie } from './cookies.ts'

describe('reading', () => {
  test.each([
    ['a=1', '1'],
    ['b=2; a=1', '1'],
    ['a=1;b=2', '1'],
    [' a = 1 ', '1'],
    ['a=1=2', '1=2'],
    ['a=', ''],
    ['a=%20', '%20'],
    ['a="1"', '"1"'],
    ['a=1; a=2', '1'],
    ['; ;=;broken; a=1', '1'],
    ['ba=2; A=3', undefined],
    ['a', undefined],
    ['=a', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j: %j', (header, value) => {
    expect(readCookie(header, 'a')).toBe(value)
  })
})

const cookie: SetCookie = {
  ...{ name: 'a', value: 'x.y-z_1', path: '/', maxAgeSeconds: 900 },
  ...{ sameSite: 'Lax', isSecure: true },
}

describe('writing', () => {
  test('says all that there is to say', () => {
    expect(renderCookie(cookie)).toBe('a=x.y-z_1; Path=/; Max-Age=900; HttpOnly; SameSite=Lax; Secure')
    expect(renderCookie({ ...cookie, value: '', maxAgeSeconds: 0, isSecure: false })).toBe(
      'a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
    )
  })

  test.each([
    { value: 'x; Domain=example.com' },
    { value: 'x\r\nSet-Cookie: b=1' },
    { value: 'x y' },
    { value: 'x,y' },
    { value: '"x"' },
    { value: 'é' },
    { name: 'a b' },
    { name: '' },
    { name: 'a;' },
  ])('refuses %j', (part) => {
    expect(() => renderCookie({ ...cookie, ...part })).toThrow(TypeError)
  })
})
