import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { KnownErrorCode } from '../../src/index.ts'
import { makeReference, page } from './reference.ts'

const root = join(import.meta.dirname, '../../../..')

test('the reference is as the types make it', () => {
  expect(readFileSync(page, 'utf8'), 'run: node packages/client/test/docs/write-reference.ts').toBe(
    makeReference(),
  )
})

test.each(['docs/guides/client.md', 'packages/client/README.md'])('the code of %s is code', (file) => {
  const blocks = [...readFileSync(join(root, file), 'utf8').matchAll(/^```(?:ts|tsx|js)\n([\s\S]*?)^```$/gm)]
  expect(blocks.length).toBeGreaterThan(1)
  for (const [, code = ''] of blocks) expect(() => stripTypeScriptTypes(code), code).not.toThrow()
})

test('the guide explains every error code that only the client has', () => {
  const codes: KnownErrorCode[] = [
    'network_error',
    'timeout',
    'bad_answer',
    'signed_out',
    'foreign_origin',
    'cookie_mode',
  ]
  const guide = readFileSync(join(root, 'docs/guides/client.md'), 'utf8')
  expect(codes.filter((code) => !guide.includes(`\`${code}\``))).toEqual([])
})
