import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../harness.ts'

const config = join(import.meta.dirname, '../../src/config/config.ts')

/** Loads the configuration in a process of its own, at an instant that several of them wait for. */
const program = `
  const [file, data, at] = process.argv.slice(1)
  const { loadConfig } = await import(file)
  while (Date.now() < Number(at)) {}
  process.stdout.write(loadConfig({ mode: 'dev', env: { COUNTERSIGN_DATA: data } }).secrets.join())
`

async function loadElsewhere(data: string, at: number): Promise<string> {
  const args = ['--input-type=module', '--eval', program, config, data, String(at)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(code).toBe(0)
  return output
}

test('processes that start at once in a new folder agree on one secret', async () => {
  const data = join(temporaryFolder(), 'data')
  const at = Date.now() + 1_000
  const secrets = await Promise.all(Array.from({ length: 4 }, () => loadElsewhere(data, at)))
  expect(secrets[0]).toMatch(/^[\w-]{64}$/)
  expect(new Set(secrets).size).toBe(1)
  expect(readFileSync(join(data, 'secret'), 'utf8')).toBe(`${secrets[0]}\n`)
  expect(readdirSync(data), 'no draft is left').toEqual(['secret'])
})
