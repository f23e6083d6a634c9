import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, testSecret } from '../../../test/harness.ts'
import { ConfigError, loadConfig } from '../config.ts'

const now = Date.UTC(2026, 8, 1)
const day = 86_400_000
const secret = 'the secret key of a Django project, for tests only'

const at = (ms: number) => new Date(ms).toISOString()

function load(env: Record<string, string>, mode: 'dev' | 'tool' = 'dev') {
  return loadConfig({ mode, now, env: { COUNTERSIGN_SECRET: testSecret, ...env } })
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    load(env)
    return []
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return thrown.problems.map(({ what }) => what)
  }
}

const good = { COUNTERSIGN_DJANGO_SECRET: secret, COUNTERSIGN_DJANGO_UNTIL: at(now + 30 * day) }

describe('the key of Django', () => {
  test('is off unless it is set', () => {
    expect(load({}).djangoKey).toBeUndefined()
  })

  test('has an end, and signs nothing unless told', () => {
    const until = now + 30 * day
    expect(load(good).djangoKey).toEqual({ secret, algorithm: 'HS256', until, signs: false })
    const more = { COUNTERSIGN_DJANGO_SIGN: 'true', COUNTERSIGN_DJANGO_ALGORITHM: 'HS384' }
    expect(load({ ...good, ...more }).djangoKey).toEqual({ secret, algorithm: 'HS384', until, signs: true })
  })

  test('comes from a file like every secret', () => {
    const file = join(temporaryFolder(), 'secret-key')
    writeFileSync(file, `${secret}\n`)
    const { COUNTERSIGN_DJANGO_SECRET: _, ...rest } = good
    expect(load({ ...rest, COUNTERSIGN_DJANGO_SECRET_FILE: file }).djangoKey?.secret).toBe(secret)
  })

  test('an end that has passed does not keep a server from starting', () => {
    expect(load({ ...good, COUNTERSIGN_DJANGO_UNTIL: at(now - day) }).djangoKey?.until).toBe(now - day)
  })

  test('90 days ahead to the millisecond', () => {
    expect(problemsOf({ ...good, COUNTERSIGN_DJANGO_UNTIL: at(now + 90 * day) })).toEqual([])
    expect(problemsOf({ ...good, COUNTERSIGN_DJANGO_UNTIL: at(now + 90 * day + 1) })).toEqual([
      'COUNTERSIGN_DJANGO_UNTIL is more than 90 days ahead.',
    ])
  })

  test.each<[string, Record<string, string>, RegExp[]]>([
    ['without an end', { COUNTERSIGN_DJANGO_SECRET: secret }, [/_UNTIL is not: it must have an end/]],
    [
      'an end and nothing that ends',
      { COUNTERSIGN_DJANGO_UNTIL: good.COUNTERSIGN_DJANGO_UNTIL },
      [/^COUNTERSIGN_DJANGO_UNTIL is set/],
    ],
    ['signing with nothing', { COUNTERSIGN_DJANGO_SIGN: 'true' }, [/^COUNTERSIGN_DJANGO_SIGN is set/]],
    ['our own secret', { ...good, COUNTERSIGN_DJANGO_SECRET: testSecret }, [/COUNTERSIGN_SECRET as well/]],
    [
      'all of it at once, beside what else is wrong',
      { PORT: 'x', COUNTERSIGN_DJANGO_SIGN: 'true', COUNTERSIGN_DJANGO_UNTIL: at(now + 91 * day) },
      [/^PORT/, /^COUNTERSIGN_DJANGO_UNTIL is set/, /^COUNTERSIGN_DJANGO_SIGN is set/, /more than 90 days/],
    ],
    [
      'one that is unusable is told once',
      { ...good, COUNTERSIGN_DJANGO_SECRET: 'short', COUNTERSIGN_DJANGO_SIGN: 'true' },
      [/^COUNTERSIGN_DJANGO_SECRET is not usable\.$/],
    ],
  ])('%s', (_, env, expected) => {
    const problems = problemsOf(env)
    expect(problems).toHaveLength(expected.length)
    for (const [index, text] of expected.entries()) expect(problems[index]).toMatch(text)
    expect(problems.join()).not.toContain(secret)
  })
})
