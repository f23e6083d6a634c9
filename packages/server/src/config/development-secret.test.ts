import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import { developmentSecret } from './development-secret.ts'

test.skipIf(process.platform === 'win32')('the file is 0600 in a folder of 0700', () => {
  const data = join(temporaryFolder(), 'data')
  const made = developmentSecret(data, [])
  expect(statSync(join(data, 'secret')).mode & 0o777).toBe(0o600)
  expect(statSync(data).mode & 0o777).toBe(0o700)
  expect(readFileSync(join(data, 'secret'), 'utf8')).toBe(`${made}\n`)
})

test('each deployment has its own, of 384 random bits', () => {
  const made = Array.from({ length: 20 }, () => developmentSecret(join(temporaryFolder(), 'data'), []))
  expect(new Set(made).size).toBe(20)
  for (const secret of made) expect(secret).toMatch(/^[\w-]{64}$/)
})

test('what it wrote first is not written again', () => {
  const data = temporaryFolder()
  const made = developmentSecret(data, [])
  const before = statSync(join(data, 'secret'))
  expect(developmentSecret(data, [])).toBe(made)
  const after = statSync(join(data, 'secret'))
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
  expect(readdirSync(data)).toEqual(['secret'])
})
