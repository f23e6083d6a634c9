import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { program } from '../../../../bench/src/sizing/assumptions.ts'
import { sizeFor } from '../../../../bench/src/sizing/sizing.ts'
import { settings } from '../../src/config/settings.ts'

/** A number of the program, as its source writes it: `const name = 60_000`. */
function constantOf(file: string, name: string): number {
  const text = readFileSync(join(import.meta.dirname, '../../src', file), 'utf8')
  return Number(new RegExp(`^const ${name} = ([\\d_]+)$`, 'm').exec(text)?.[1]?.replaceAll('_', ''))
}

describe('what docs/sizing.md says of the program', () => {
  const { parse } = settings.accessTtlSeconds
  const accessTtl = parse(settings.accessTtlSeconds.default ?? '')
  const accessSeconds = 'value' in accessTtl ? accessTtl.value : Number.NaN

  test.each([
    ['polls', 1000 / program.pollsPerSecond.value, constantOf('background/background.ts', 'followEveryMs')],
    [
      'overlap',
      program.pollOverlapSeconds.value * 1000,
      constantOf('sessions/revocation/follow.ts', 'overlapMs'),
    ],
    [
      'whole reads',
      program.wholeReadEverySeconds.value * 1000,
      constantOf('sessions/revocation/follow.ts', 'wholeEveryMs'),
    ],
    [
      'memory',
      (program.memorySeconds.value - accessSeconds) * 1000,
      constantOf('app/deployment.ts', 'marginMs'),
    ],
    ['pool', `${program.poolSize.value}`, settings.databasePool.default],
    ['cleanup, batch', program.cleanUpBatch.value, constantOf('sessions/cleanup.ts', 'batchSize')],
    ['cleanup, pace', 1_000, constantOf('background/background.ts', 'cleanUpEveryMs')],
    [
      'cleanup, rest',
      program.cleanUpRestSeconds.value * 1000,
      constantOf('background/background.ts', 'cleanUpRestMs'),
    ],
  ])('%s: as its source has it', (_, told, actual) => {
    expect(told).toBe(actual)
  })
})

describe('the calculation', () => {
  test('with the same habits, ten times the users are ten times the work', () => {
    const [less, more] = [sizeFor(1_000_000), sizeFor(10_000_000)]
    expect(more.refreshes.peak / less.refreshes.peak).toBeCloseTo(10)
    expect(more.wal.mean / less.wal.mean).toBeCloseTo(10)
    expect(more.tables.sessions / less.tables.sessions).toBeCloseTo(10)
    expect(more.cleanUp.waitingShare / less.cleanUp.waitingShare).toBeCloseTo(10, 0)
  })

  test('the busier it is, the less write-ahead log a refresh needs: a page is written whole but once', () => {
    const { wal, refreshes } = sizeFor(1_000_000)
    expect(wal.peak / refreshes.peak).toBeLessThan(wal.mean / refreshes.mean)
  })
})
