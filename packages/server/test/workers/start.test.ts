import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openShell } from '../cli/shell.ts'
import { testSecret } from '../harness.ts'

const production = {
  COUNTERSIGN_ISSUER: 'http://127.0.0.1:8000',
  COUNTERSIGN_SECRET: testSecret,
}

/** What `start` with three workers says before it gives up. */
async function refusedStart(
  prepare: (place: { folder: string; port: number }) => Promise<void> | void,
  env = {},
) {
  const shell = await openShell({ ...production, ...env })
  await prepare(shell)
  const { status, stdout, stderr } = await shell.run('countersign start --workers 3')
  expect(status).toBe(1)
  return { stdout, lines: stderr.trimEnd().split('\n'), port: shell.port }
}

function occupy(port: number): Promise<void> {
  const server = createServer()
  onTestFinished(() => void server.close())
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
}

describe('what is wrong is told once, however many workers were asked for', () => {
  test('a database that cannot be opened', async () => {
    const { lines, stdout } = await refusedStart(({ folder }) => {
      mkdirSync(join(folder, 'countersign-data/countersign.db'), { recursive: true })
    })
    expect(lines).toEqual([
      expect.stringMatching(/^countersign: The database cannot be used: .*countersign\.db/),
    ])
    expect(stdout).toBe('')
  })

  test('a port that is taken', async () => {
    const { lines, port } = await refusedStart(({ port: taken }) => occupy(taken))
    expect(lines).toEqual([
      `countersign: Port ${port} on 127.0.0.1 is taken: stop what listens there, or take another one: countersign start --port ${port + 1}`,
    ])
  })

  test('a management port that is taken', async () => {
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const { lines } = await refusedStart(() => {}, { COUNTERSIGN_MANAGEMENT_PORT: String(port) })
    expect(lines).toEqual([expect.stringMatching(/ is taken: .* COUNTERSIGN_MANAGEMENT_PORT=\d+$/)])
  })

  test('settings that are refused', async () => {
    const { lines } = await refusedStart(() => {}, { DATABASE_URL: 'sqlite::memory:' })
    expect(lines).toEqual([
      'countersign: The settings have one problem:',
      '  1. COUNTERSIGN_WORKERS is 3, and the database is in memory: each worker would have its own.',
      '     Set one worker, or take a database on disk: remove DATABASE_URL, or set it to sqlite:PATH.',
    ])
  })
})
