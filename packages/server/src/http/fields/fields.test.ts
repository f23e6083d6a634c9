import fc from 'fast-check'
import fastify from 'fastify'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { AuthError } from '../../errors.ts'
import { parseJsonBody } from '../bodies/json-body.ts'
import type { Check } from './field-rules.ts'
import { compileFields, fields, flag, text } from './fields.ts'

const onlyLetters: Check = (value) => (/^\p{L}+$/u.test(value) ? undefined : 'Enter a valid username.')
const hasAt: Check = (value) => (/^[^@\0]+@[^@\0]+$/.test(value) ? undefined : 'Enter a valid email address.')

const register = fields({
  username: text({ maxLength: 150, first: [onlyLetters] }),
  email: text({ format: 'email', last: [hasAt] }),
  password: text({ maxLength: 128, trim: false }),
})
const readRegister = compileFields(register)

/** What a body of these members gives: the value, or the faults by field. */
function outcome(read: ReturnType<typeof compileFields>, json: string): unknown {
  const result = read(parseJsonBody(Buffer.from(json)))
  return 'error' in result ? result.error.details.fields : result.value
}

const good = { username: 'alice', email: 'alice@example.com', password: 's3cret words' }
const required = ['This field is required.']

describe('bodies, as recorded from Django REST framework', () => {
  const cases = [
    { name: 'valid', body: JSON.stringify(good), outcome: good },
    {
      name: 'empty object',
      body: '{}',
      outcome: { username: required, email: required, password: required },
    },
    {
      name: 'no body at all',
      body: '',
      outcome: { username: required, email: required, password: required },
    },
    { name: 'H04 null', body: 'null', outcome: { non_field_errors: ['No data provided'] } },
    ...[
      ['[]', 'list'],
      ['["username"]', 'list'],
      ['"username"', 'str'],
      ['""', 'str'],
      ['5', 'int'],
      ['0', 'int'],
      ['-12345678901234567890', 'int'],
      ['5.0', 'float'],
      ['1e400', 'float'],
      ['false', 'bool'],
    ].map(([body = '', type]) => ({
      name: `H04 ${body}`,
      body,
      outcome: { non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] },
    })),
    {
      name: 'P21 unknown fields are ignored',
      body: JSON.stringify({
        ...good,
        id: 1,
        is_staff: true,
        is_superuser: true,
        is_active: false,
        role: 'admin',
      }),
      outcome: good,
    },
    {
      name: 'of a repeated key the last one counts',
      body: `{"username":5,${JSON.stringify(good).slice(1)}`,
      outcome: good,
    },
    {
      name: 'all three blank',
      body: '{"username":"","email":" \\t","password":""}',
      outcome: {
        username: ['This field may not be blank.'],
        email: ['This field may not be blank.'],
        password: ['This field may not be blank.'],
      },
    },
    {
      name: 'H05 inherited names are no fields',
      body: '{"__proto__":{"username":"alice"},"constructor":{"username":"alice"}}',
      outcome: { username: required, email: required, password: required },
    },
  ]
  test.each(cases)('$name', ({ body, outcome: wanted }) => {
    expect(outcome(readRegister, body)).toEqual(wanted)
  })

  test('H05 nor are those of every object', () => {
    const read = compileFields(fields({ constructor: text(), toString: text({ optional: true }) }))
    expect(outcome(read, '{}')).toEqual({ constructor: required })
    expect(outcome(read, '{"constructor":"x"}')).toEqual({ constructor: 'x' })
  })

  test('username and e-mail with NUL, as recorded', () => {
    const body = JSON.stringify({ ...good, username: 'a\0', email: 'a@b\0' })
    expect(outcome(readRegister, body)).toEqual({
      username: ['Enter a valid username.', 'Null characters are not allowed.'],
      email: ['Null characters are not allowed.', 'Enter a valid email address.'],
    })
  })

  test('the faults stand in declared order', () => {
    const faults = outcome(readRegister, '{"password":null,"username":[]}')
    expect(Object.keys(faults as object)).toEqual(['username', 'email', 'password'])
  })
})

describe('fields that may be missing', () => {
  const read = compileFields(
    fields({
      name: text({ optional: true }),
      note: text({ optional: true }),
      all: flag({ optional: true }),
    }),
  )
  const cases = [
    { body: '{}', gives: {} },
    { body: '', gives: {} },
    { body: '{"name":"a","note":null,"all":true}', gives: { note: ['This field may not be null.'] } },
    { body: '{"name":null}', gives: { name: ['This field may not be null.'] } },
    { body: '{"all":null}', gives: { all: ['This field may not be null.'] } },
  ]
  test.each(cases)('$body', ({ body, gives }) => {
    expect(outcome(read, body)).toStrictEqual(gives)
  })

  test('the types say so', () => {
    type Value = Extract<ReturnType<typeof read>, { value: unknown }>['value']
    expectTypeOf<Value>().toEqualTypeOf<{
      name: string | undefined
      note: string | undefined
      all: boolean | undefined
    }>()
    type Registered = Extract<ReturnType<typeof readRegister>, { value: unknown }>['value']
    expectTypeOf<Registered>().toEqualTypeOf<{ username: string; email: string; password: string }>()
  })
})

describe('the schema', () => {
  test('describes the fields and none of the rules', () => {
    const schema = fields({
      username: text({ maxLength: 150, description: 'who', example: 'alice', first: [onlyLetters] }),
      password: text({ trim: false, format: 'password' }),
      note: text({ optional: true }),
      all: flag({ optional: true, description: 'all sessions', example: true }),
    })
    expect(JSON.parse(JSON.stringify(schema))).toEqual({
      type: 'object',
      required: ['username', 'password'],
      properties: {
        username: { type: 'string', maxLength: 150, description: 'who', examples: ['alice'] },
        password: { type: 'string', format: 'password' },
        note: { type: 'string' },
        all: { type: 'boolean', description: 'all sessions', examples: [true] },
      },
    })
  })

  test('with a field of another make stops the start', () => {
    expect(() => compileFields(fields({ a: { type: 'string' } }))).toThrow(
      'The field a is not made by text() or flag().',
    )
  })
})

test('H02 any body is read or refused, never anything else', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (body) => {
      const result = readRegister(body)
      if ('error' in result) expect(result.error).toBeInstanceOf(AuthError)
      else expect(Object.keys(result.value)).toEqual(['username', 'email', 'password'])
    }),
  )
})

test('a Fastify route takes it for its validator', async () => {
  const app = fastify()
  app.setErrorHandler((error, _request, reply) =>
    reply.status(400).send(error instanceof AuthError ? error.details.fields : 'unforeseen'),
  )
  const route = { schema: { body: register }, validatorCompiler: () => readRegister }
  app.post('/', route, async (request) => request.body)
  const send = (payload: object) => app.inject({ method: 'POST', url: '/', payload })
  expect((await send({ ...good, is_staff: true })).json()).toEqual(good)
  expect((await send({ ...good, username: '' })).json()).toEqual({
    username: ['This field may not be blank.'],
  })
  await app.close()
})
