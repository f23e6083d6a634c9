import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { events, requestFields } from './events.ts'

const src = join(import.meta.dirname, '..')
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?<!\.test)\.ts$/.test(file) && !file.endsWith(join('audit', 'events.ts')))
  .map((file) => readFileSync(join(src, file), 'utf8'))

// The store has a column of that name.
const recorded = new Set(
  sources.flatMap((text) =>
    [...text.matchAll(/\brecord\(\s*'([^']+)'|\bevent: '(?!text)([^']+)'/g)].map(([, a, b]) => a ?? b),
  ),
)

describe('the table of events', () => {
  test.each(Object.keys(events))('%s is recorded somewhere', (name) => {
    expect(sources.some((text) => text.includes(`'${name}'`))).toBe(true)
  })

  test('what is recorded is in the table', () => {
    expect([...recorded].filter((name) => name !== undefined && !(name in events))).toEqual([])
    expect(recorded.size).toBeGreaterThan(10)
  })

  test.each(Object.keys(events))('%s says a thing and what became of it', (name) => {
    expect(name).toMatch(/^[a-z]+(\.[a-z_]+){1,2}$/)
  })

  test('H18: what an operator must see at once stands out', () => {
    expect(events['auth.refresh.reuse_detected'].level).toBe('error')
    expect(events['auth.login.failed'].level).toBe('warn')
  })
})

test('a request gives its id and its address, and nothing else of itself', () => {
  const origin = { requestId: 'r', address: '::1', userAgent: 'curl/8' }
  expect(requestFields(origin)).toEqual({ request_id: 'r', client_ip: '::1' })
})
