import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { codeBlocksOf } from '../../server/test/docs/pages.ts'
import { makeReference, page } from './reference.ts'
import { openIssuer } from './servers.ts'

const root = join(import.meta.dirname, '../../..')

test('the reference is as the types make it', () => {
  expect(readFileSync(page, 'utf8'), 'run: node packages/guard/test/write-reference.ts').toBe(makeReference())
})

test('docs/guides/guard.md: the metrics are told as it says', async () => {
  const issuer = await openIssuer()
  onTestFinished(async () => void (await issuer.stop()))
  const block = codeBlocksOf('docs/guides/guard.md').find(({ text }) => text.includes('prom-client'))
  const program = `
    import express from 'express'
    import { createGuard } from './packages/guard/src/index.ts'
    const guard = createGuard({ issuer: process.argv[1] })
    const app = express()
    ${block?.text}
    await guard.verify(process.argv[2])
    const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))`
  const { access } = await issuer.login()
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, issuer.issuer, access], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const port = await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
  const told = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  expect(told).toMatch(/^guard_revocation_staleness_seconds 0\.\d+$/m)
  expect(told).toMatch(/^guard_revocation_stale 0$/m)
  expect(told).toMatch(/^guard_keys 2$/m)
  expect(told).toMatch(/^guard_remembered_misses 1$/m)
})
