import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const built = join(import.meta.dirname, '../dist')

/** 120 kB is what the console promises in all; it stays well below. */
const mostBytes = 70_000

test('everything that a browser loads is small', () => {
  const files = readdirSync(built, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  const sizes = files.map((file) => gzipSync(readFileSync(join(file.parentPath, file.name))).length)
  expect(files.map(({ name }) => name)).toContain('index.html')
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(mostBytes)
})
