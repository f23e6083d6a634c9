import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

const production = {
  COUNTERSIGN_ISSUER: 'https://auth.example.com',
  COUNTERSIGN_SECRET: 'a secret for tests only of 32 or more characters',
}

const start = (env: Record<string, string>, flags = {}) =>
  loadConfig({ mode: 'start', env: { ...production, ...env }, flags })

describe('workers', () => {
  test('a flag wins over the environment', () => {
    expect(start({ COUNTERSIGN_WORKERS: '2' }, { workers: '3' }).workers).toBe(3)
  })

  test('development has one process, whatever the environment says', () => {
    const env = { ...production, COUNTERSIGN_WORKERS: '64' }
    const { workers, hashParallel } = loadConfig({ mode: 'dev', env })
    expect({ workers, hashParallel }).toEqual({ workers: 1, hashParallel: availableParallelism() })
  })

  test('share out the processors for hashing, at least one each, unless that is set', () => {
    expect(start({ COUNTERSIGN_WORKERS: 'auto' }).hashParallel).toBe(1)
    expect(start({ COUNTERSIGN_WORKERS: '64' }).hashParallel).toBe(
      Math.max(1, Math.floor(availableParallelism() / 64)),
    )
    expect(start({ COUNTERSIGN_WORKERS: '64', COUNTERSIGN_HASH_PARALLEL: '5' }).hashParallel).toBe(5)
  })

  test('refuse a database in memory, of which each would have its own', () => {
    const env = { DATABASE_URL: 'sqlite::memory:' }
    expect(start(env).workers).toBe(1)
    expect(() => start({ ...env, COUNTERSIGN_WORKERS: '2' })).toThrow(ConfigError)
    expect(() => start({ ...env, COUNTERSIGN_WORKERS: '2' })).toThrow(
      /COUNTERSIGN_WORKERS is 2, and .* in memory/,
    )
  })
})
