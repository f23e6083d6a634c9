import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { settingsReference } from '../../src/config/reference.ts'
import { settings } from '../../src/config/settings.ts'

const root = join(import.meta.dirname, '../../../..')

test('the reference page is what the table of settings makes: `npm run docs` writes it', () => {
  const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8')
  expect(page).toBe(settingsReference())
})

test('every setting has one row, with its default and what it may be', () => {
  const rows = settingsReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  expect(rows).toHaveLength(Object.keys(settings).length)
  for (const setting of Object.values<{ env: string; default?: string; doc: string }>(settings)) {
    const [row, ...more] = rows.filter((line) => line.startsWith(`| \`${setting.env}\``))
    expect(more).toEqual([])
    expect(row?.replaceAll('\\|', '').split(' | ')).toHaveLength(5)
    expect(row).toContain(setting.doc)
    if (setting.default) expect(row).toContain(`| \`${setting.default}\``)
  }
})

test('the script prints the page', () => {
  const script = join(root, 'packages/server/src/config/reference.ts')
  const { stdout, status } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  expect(status).toBe(0)
  expect(stdout).toBe(settingsReference())
})
