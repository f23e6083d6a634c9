import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openShell } from './shell.ts'
import { createPlayer, parseTranscript } from './transcript.ts'

const folder = join(import.meta.dirname, 'transcripts')
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))

describe('what a person sees', () => {
  test.each(files)('%s', { timeout: 300_000 }, async (file) => {
    const shell = await openShell()
    onTestFinished(() => shell.stopAll())
    const play = createPlayer(shell)
    const steps = parseTranscript(readFileSync(join(folder, file), 'utf8'))
    expect(steps.length).toBeGreaterThan(0)
    for (const step of steps) {
      const { shown, expected } = await play(step)
      expect([`$ ${step.command}`, ...shown]).toEqual([`$ ${step.command}`, ...expected])
    }
  })
})
