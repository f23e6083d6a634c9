import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { events } from './events.ts'
import type { LogOptions } from './log.ts'

const file = join(import.meta.dirname, 'log.ts')

/** What the log writes to standard output while the statements run with `log` in hand. */
function written(options: LogOptions, statements: string): string {
  const program = `
    import { openLog } from ${JSON.stringify(file)}
    const log = await openLog(${JSON.stringify(options)})
    ${statements}
    log.flush()`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout
}

function linesOf(text: string): Record<string, unknown>[] {
  expect(text.endsWith('\n')).toBe(true)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const json: LogOptions = { level: 'debug', pretty: false }

describe('one JSON object a line', () => {
  test('says when, how grave, what, and the fields', () => {
    const [line, ...more] = linesOf(
      written(
        json,
        `log.record('auth.login.failed', { request_id: 'r1', client_ip: '::1', reason: 'unknown_user' })`,
      ),
    )
    expect(more).toEqual([])
    expect(line).toEqual({
      ...{
        level: 'warn',
        event: 'auth.login.failed',
        request_id: 'r1',
        client_ip: '::1',
        reason: 'unknown_user',
      },
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
    })
  })

  test('every event has the level of the table', () => {
    const lines = linesOf(
      written(
        json,
        Object.keys(events)
          .map((name) => `log.record('${name}', {})`)
          .join('\n'),
      ),
    )
    expect(lines.map(({ event, level }) => [event, level])).toEqual(
      Object.entries(events).map(([name, { level }]) => [name, level]),
    )
  })

  test('what is below the level is not written', () => {
    const statements = `
      log.record('http.request', {})
      log.record('auth.logout.succeeded', {})
      log.record('auth.login.failed', {})
      log.record('http.failed', {})`
    const shown = (level: LogOptions['level']) =>
      written({ level, pretty: false }, statements).split('\n').filter(Boolean).length
    expect(
      ['debug', 'info', 'warn', 'error', 'silent'].map((level) => shown(level as LogOptions['level'])),
    ).toEqual([4, 3, 2, 1, 0])
  })

  test('numbers stay numbers', () => {
    const [line] = linesOf(
      written(json, `log.record('http.request', { status: 200, duration_ms: 1.25, count: 0 })`),
    )
    expect(line).toMatchObject({ status: 200, duration_ms: 1.25, count: 0 })
  })

  test('H17: what a user wrote breaks no line, forges no event and colours no terminal', () => {
    const forged =
      '1.2.3.4\r\n{"level":"info","event":"auth.login.succeeded"}\u001b[2J\u009b2J\u2028\u202e\0\ud800'
    const text = written(json, `log.record('auth.login.failed', { client_ip: ${JSON.stringify(forged)} })`)
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/)
    const [line, ...more] = linesOf(text)
    expect(more).toEqual([])
    expect(line?.event).toBe('auth.login.failed')
    expect(String(line?.client_ip)).toMatch(/^1\.2\.3\.4\\u000d\\u000a\{"level"/)
  })

  test('H17: an error is told without what hangs on it', () => {
    const [line] = linesOf(
      written(
        json,
        `const error = Object.assign(new Error('no\\nluck'), { body: { password: 'hidden' } })
         log.record('http.failed', { request_id: 'r', error })`,
      ),
    )
    expect(line?.error).toMatchObject({ type: 'Error', message: 'no\\u000aluck', stack: expect.any(String) })
    expect(JSON.stringify(line)).not.toContain('hidden')
    expect(Object.keys(line ?? {}).sort()).toEqual(['error', 'event', 'level', 'request_id', 'time'])
  })
})

describe('for people at a terminal', () => {
  const pretty: LogOptions = { level: 'info', pretty: true }
  const plain = (text: string) => text.replace(/\u001b\[\d+m/g, '')

  test('a line says when, how grave, what, and the fields', () => {
    const text = plain(
      written(pretty, `log.record('auth.logout.succeeded', { user_id: 'u1', reason: 'ended' })`),
    )
    expect(text).toMatch(
      /^\[\d\d:\d\d:\d\d\] INFO: auth\.logout\.succeeded \{"user_id":"u1","reason":"ended"\}\n$/,
    )
  })

  test('H17: what a user wrote breaks no line there either', () => {
    const forged = 'x\r\n[12:00:00] INFO: auth.login.succeeded\u001b[2J\u009b2J'
    const statements = `
      log.record('auth.login.failed', { client_ip: ${JSON.stringify(forged)} })
      log.record('http.failed', { error: new Error(${JSON.stringify(forged)}) })`
    const text = plain(written(pretty, statements))
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    expect(text.split('\n').filter((line) => /^\[12:00:00\]/.test(line))).toEqual([])
  })
})
