import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../harness.ts'
import { runToEnd } from './shell.ts'

const root = join(import.meta.dirname, '../../../..')
const dist = join(root, 'packages/server/dist')
const folder = temporaryFolder()
const program = join(folder, 'package/bin/countersign.js')

/** Packs as a release does, and unpacks where an application would have it, among the packages that it needs. */
beforeAll(() => {
  const options = { cwd: root, stdio: 'pipe' } as const
  execFileSync('npm', ['run', 'package', '--', '--pack-destination', folder], options)
  rmSync(dist, { recursive: true, force: true })
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  execFileSync('tar', ['-xzf', join(folder, packed), '-C', folder], options)
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', () => {
  test('has the program, what its pages need, and no source or test', () => {
    const files = readdirSync(join(folder, 'package'), { recursive: true, encoding: 'utf8' })
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'bin/countersign.js',
        'dist/main.js',
        'dist/pages/assets/docs.js',
        'dist/console/index.html',
      ]),
    )
    expect(files.filter((name) => /\.ts$|\.test\.|^src/.test(name))).toEqual([])
  })

  test.each([
    { args: ['version'], says: /^countersign 0\./ },
    { args: ['migrate'], says: /applied/ },
    { args: ['mail', 'preview', 'reset_password'], says: /password/ },
  ])('runs $args', async ({ args, says }) => {
    const ended = await runToEnd(process.execPath, [program, ...args], {
      cwd: folder,
      env: { COUNTERSIGN_DATA: join(folder, 'data'), COUNTERSIGN_ENV: 'development' },
    })
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    expect(ended.stdout).toMatch(says)
  })
})
