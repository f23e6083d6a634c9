import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../harness.ts'
import { accepts, readDeployFile, settingNames } from './files.ts'
import { findProgram } from './proxy.ts'

const unit = readDeployFile('systemd/countersign.service')

/** What a directive says, once for each time it stands there; what is commented out too, without its sign. */
function valuesOf(directive: string): string[] {
  return [...unit.matchAll(new RegExp(`^#?${directive}=(.*)$`, 'gm'))].map(([, value = '']) => value)
}

describe('the systemd unit', () => {
  test('sets settings and nothing else', () => {
    const given = valuesOf('Environment').map((one) => one.split('='))
    expect(given.length).toBeGreaterThan(2)
    for (const [name = '', value = ''] of given) {
      expect(settingNames, name).toContain(name)
      if (!name.endsWith('_FILE')) expect(accepts(name, value), name).toBe(true)
    }
  })

  test('every file of a secret is a credential', () => {
    const ids = valuesOf('LoadCredential').map((one) => one.split(':')[0])
    const used = valuesOf('Environment').flatMap((one) => /_FILE=%d\/(.+)$/.exec(one)?.[1] ?? [])
    expect(used).toEqual(ids)
  })

  test('waits for longer than a stop may take', () => {
    expect(valuesOf('TimeoutStopSec')).toEqual(['30s'])
  })

  const analyze = findProgram('systemd-analyze')
  const title = 'systemd takes it, and finds little to expose'
  test.skipIf(!analyze)(analyze ? title : `${title} (skipped: no systemd-analyze here)`, () => {
    const file = join(temporaryFolder(), 'countersign.service')
    writeFileSync(file, unit.replace('/opt/countersign/bin/countersign', process.execPath))
    const verified = spawnSync(analyze ?? '', ['verify', file], { encoding: 'utf8' })
    expect({ status: verified.status, says: verified.stderr }).toEqual({ status: 0, says: '' })
    // In tenths: services without any of this are at 9.6.
    const threshold = ['security', '--no-pager', '--offline=true', '--threshold=20', file]
    expect(execFileSync(analyze ?? '', threshold, { encoding: 'utf8' })).toMatch(/Overall exposure.* OK/)
  })
})
