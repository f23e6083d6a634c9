import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { multipartBody } from '../contract/bodies.ts'
import { openTestServer, type TestServer } from '../harness.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const allRequired =
  '{"username":["This field is required."],"email":["This field is required."],"password":["This field is required."]}'
const account = (name: string) =>
  `"username":"${name}","email":"${name}@example.com","password":"correct horse battery"`

async function isStaff(name: string): Promise<unknown> {
  return (await server.deployment.store.findUserByName(name))?.is_staff
}

describe('H05: names that mean something to JavaScript mean nothing here', () => {
  test.each([
    ['a prototype', `{"__proto__":{${account('eve')}}}`],
    ["a constructor's prototype", `{"constructor":{"prototype":{${account('eve')}}}}`],
    ['a prototype that is a number', '{"__proto__":5}'],
    ['a prototype given twice', `{"__proto__":1,"__proto__":{${account('eve')}}}`],
    ['inherited names', '{"toString":"a","hasOwnProperty":"b","valueOf":"c"}'],
  ])('%s gives no field', async (_, body) => {
    const answer = await server.post('/api/register/', body, json)
    expect([answer.status, answer.text]).toEqual([400, allRequired])
  })

  test.each([
    ['JSON', `{${account('ann')},"__proto__":{"is_staff":true,"isStaff":true}}`, json],
    ['JSON, deeper', `{${account('ben')},"constructor":{"prototype":{"isStaff":true}}}`, json],
    [
      'a form',
      'username=cat&email=cat@example.com&password=correct+horse+battery&__proto__=1&__proto__[isStaff]=1',
      form,
    ],
  ])('a body of %s changes nobody', async (_, body, headers) => {
    const answer = await server.post('/api/register/', body, headers)
    expect(answer.status).toBe(201)
    expect(await isStaff(answer.json().username)).toBe(0)
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as Record<string, unknown>).isStaff).toBeUndefined()
  })

  test('nor does one of multipart/form-data', async () => {
    const members = Object.fromEntries([
      ['username', 'dot'],
      ['email', 'dot@example.com'],
      ['password', 'correct horse battery'],
      ['__proto__[isStaff]', '1'],
      ['constructor.prototype.isStaff', '1'],
    ])
    const { body, headers } = multipartBody(members)
    const answer = await server.post(
      '/api/register/',
      body.replace('__proto__[isStaff]', '__proto__'),
      headers,
    )
    expect(answer.status).toBe(201)
    expect(({} as Record<string, unknown>).isStaff).toBeUndefined()
  })

  test.each([
    '__proto__[format]=xml',
    '__proto__=1',
    'constructor[prototype][a]=1',
    'toString=1',
  ])('a query of %s is just a query', async (query) => {
    const answer = await server.request('GET', `/api/protected/?${query}`)
    expect(answer.status).toBe(401)
  })

  test('a format that is an inherited name is no format', async () => {
    expect((await server.get('/api/protected/?format=toString')).status).toBe(404)
    expect((await server.get('/api/protected/?format=json&format=json')).status).toBe(404)
  })
})

describe('H04: a text field takes texts', () => {
  test.each([
    ['an operator of a query language', '{"username":{"$ne":null},"password":{"$gt":""}}'],
    ['a list', '{"username":["alice"],"password":["correct horse battery"]}'],
    ['an object with a length', '{"username":{"length":3,"0":"a"},"password":true}'],
  ])('not %s', async (_, body) => {
    const answer = await server.post('/api/login/', body, json)
    expect([answer.status, answer.text]).toEqual([
      400,
      '{"username":["Not a valid string."],"password":["Not a valid string."]}',
    ])
  })

  test('nor an uploaded file', async () => {
    const { body, headers } = multipartBody({ username: 'alice', password: 'x' })
    const upload = body.replaceAll('name="username"', 'name="username"; filename="a.txt"')
    const answer = await server.post('/api/login/', upload, headers)
    expect([answer.status, answer.text]).toEqual([400, '{"username":["Not a valid string."]}'])
  })
})

const almost64Kib = 65_000

/** Bodies as large as they may be, each of the shape that costs some parser most. */
const costly: Readonly<Record<string, [string, Record<string, string>]>> = {
  'open lists': ['['.repeat(almost64Kib), json],
  'open objects': ['{"a":'.repeat(almost64Kib / 5), json],
  'a deep list beside a number': [`{"username":1,"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, json],
  'one name over and over': [`{${'"username":1,'.repeat(almost64Kib / 14)}"password":1}`, json],
  'many names': [`{${Array.from({ length: 7_000 }, (_, i) => `"${i}":1`).join()}}`, json],
  'white space before a fault': [`{"username":"${' '.repeat(almost64Kib)}x`, json],
  'white space within a text': [`{"username":"a${' '.repeat(60_000)}b","password":"x"}`, json],
  backslashes: [`{"username":"${'\\\\'.repeat(30_000)}","password":"x"}`, json],
  'a number of many digits': [`{"username":${'9'.repeat(almost64Kib - 100)},"password":"x"}`, json],
  'a fraction of many digits': [`{"username":0.${'1'.repeat(60_000)},"password":"x"}`, json],
  'an exponent beyond all numbers': [`{"username":1e${'9'.repeat(60_000)},"password":"x"}`, json],
  surrogates: [`{"username":"${'\\ud800'.repeat(10_000)}","password":"x"}`, json],
  'letters that grow in NFKC': [`{"username":"${'\ufdfa'.repeat(20_000)}","password":"x"}`, json],
  'marks on one letter': [`{"username":"a${'\u0301'.repeat(30_000)}","password":"x"}`, json],
  'bytes that are no UTF-8': ['\xff'.repeat(30_000), json],
  ampersands: ['&'.repeat(almost64Kib), form],
  'names without values': ['a&'.repeat(almost64Kib / 2), form],
  'percent signs': ['%'.repeat(almost64Kib), form],
  'a boundary over and over': [
    '--b\r\n'.repeat(almost64Kib / 5),
    { 'content-type': 'multipart/form-data; boundary=b' },
  ],
  'a boundary that never comes': [
    '-'.repeat(almost64Kib),
    { 'content-type': 'multipart/form-data; boundary=b' },
  ],
  'a part with endless headers': [
    `--b\r\n${'a:b\r\n'.repeat(12_000)}`,
    { 'content-type': 'multipart/form-data; boundary=b' },
  ],
}

describe('H02, H06: a body that is meant to hurt', () => {
  test.each(Object.entries(costly))('%s: an answer, and no server error', async (_, [body, headers]) => {
    for (const path of ['/api/login/', '/api/register/', '/api/token/refresh/', '/api/logout/']) {
      const answer = await server.post(path, body, headers)
      expect([400, 401], `${path}: ${answer.text}`).toContain(answer.status)
      expect(answer.headers['content-type']).toBe('application/json')
      expect(Object.keys(answer.json())).not.toEqual([])
    }
  })
})
