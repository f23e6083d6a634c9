import { afterAll, describe, expect, test } from 'vitest'
import { openTestServer } from '../harness.ts'
import { faultsOf, listOperations, type OpenApi } from './openapi.ts'
import type { Scenario } from './scenario.ts'
import { tables } from './tables.ts'

const server = await openTestServer()
afterAll(() => server.close())
const document = (await server.get('/openapi.json')).json() as OpenApi
const operations = new Map(listOperations(document))

/** Documented answers that no table has, and why. */
const notInTables: Readonly<Record<string, string>> = {
  400: 'a header sent twice takes a socket: test/http/framing.test.ts',
  404: 'any operation answers an unknown ?format= alike; the tables show it on the guarded routes',
  406: 'any operation negotiates alike; the tables show it on the guarded routes',
  429: 'takes many attempts: test/limits',
  500: 'takes a store with a fault: test/http/failing-store.test.ts',
  503: 'takes a store that is away: test/http/failing-store.test.ts',
}

const rows = tables.flatMap((table) => table.rows)

/** Rows about an operation, not about another method than its path's own or about no path of ours. */
const operationRows = rows.filter((row) => row.status !== 405 && operations.has(operationOf(row)))

function operationOf({ at }: Scenario): string {
  return at.endsWith('/') ? at : `${at}/`
}

describe('the document', () => {
  test('is OpenAPI 3.1 and says what it describes and where', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({
      title: 'Countersign',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
    expect(document.servers).toEqual([{ url: server.config.issuer }])
  })

  test('points nowhere that is not in it', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]*)"/g)].map(
      ([, path = '']) => path,
    )
    for (const path of references) expect(resolve(document, path), path).toBeDefined()
  })

  test('has an id of its own for every operation', () => {
    const ids = [...operations.values()].map(({ operationId }) => operationId)
    expect(ids.every((id) => /^[A-Z][A-Za-z]+$/.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('says of every answer what it means and what it holds', () => {
    for (const [name, { summary, responses }] of operations) {
      expect(summary, name).not.toBe('')
      expect(Object.keys(responses).length, name).toBeGreaterThan(1)
      for (const [status, { description, content }] of Object.entries(responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/)
        expect(description, `${name} ${status}`).not.toMatch(/^(Default Response)?$/)
        if (status === '204') expect(content, name).toBeUndefined()
        else expect(content?.['application/json']?.schema, `${name} ${status}`).toBeDefined()
      }
    }
  })

  test('describes each body for the three media types that are taken', () => {
    for (const [name, { requestBody }] of operations) {
      const types = Object.keys(requestBody?.content ?? {})
      const expected = /^(GET|DELETE \/api\/sessions)/.test(name) ? [] : mediaTypes
      expect(types, name).toEqual(expected)
    }
  })

  test('asks for an access token where the server does', async () => {
    for (const [name, { security = [] }] of operations) {
      for (const scheme of security.flatMap(Object.keys)) {
        expect(document.components.securitySchemes, name).toHaveProperty(scheme)
      }
      const [method = '', path = ''] = name.split(' ')
      const guarded = (await server.request(method, path)).text.includes('credentials were not provided')
      expect(security.length > 0 && !security.some((one) => Object.keys(one).length === 0), name).toBe(
        guarded,
      )
    }
  })
})

const mediaTypes = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

function resolve(within: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce(
      (at: unknown, name) => (at as Record<string, unknown> | undefined)?.[decodeURIComponent(name)],
      within,
    )
}

describe('the document and the contract tables', () => {
  test('have the same operations', () => {
    const served = rows.filter(
      ({ at, status }) => status < 300 && /^(GET|POST|PATCH|DELETE) \/api\//.test(at),
    )
    const inTables = served.map(operationOf)
    expect([...new Set(inTables)].sort()).toEqual([...operations.keys()].sort())
  })

  test.each(operationRows)('$at: $name is documented with its status and body', (row) => {
    const answer = operations.get(operationOf(row))?.responses[String(row.status)]
    expect(answer, `${row.status} is not documented`).toBeDefined()
    const schema = answer?.content?.['application/json']?.schema
    if (row.body) expect(faultsOf(schema ?? {}, JSON.parse(row.body))).toEqual([])
  })

  test('know no documented answer that never occurs', () => {
    const unseen = [...operations].flatMap(([name, { responses }]) => {
      const seen = new Set(
        operationRows.filter((row) => operationOf(row) === name).map(({ status }) => status),
      )
      return Object.keys(responses).filter((status) => !seen.has(Number(status)) && !(status in notInTables))
    })
    expect(unseen).toEqual([])
  })

  test('know no documented 401 that never occurs', () => {
    for (const [name, { responses }] of operations) {
      const bodies = operationRows.filter((row) => operationOf(row) === name).map(({ body }) => body)
      for (const sentence of responses[401]?.description.split(' · ') ?? []) {
        expect(
          bodies.some((body) => body?.includes(`"${sentence}"`)),
          `${name}: ${sentence}`,
        ).toBe(true)
      }
    }
  })
})
