import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deviationTable } from './compatibility.ts'

// Puts the table of deviations into docs/compatibility.md again, after a row of a contract table has changed.
const file = join(import.meta.dirname, '../../../../docs/compatibility.md')
const page = readFileSync(file, 'utf8')
writeFileSync(
  file,
  page.replace(/^\|.*\|\n(?:\|.*\|\n)*/m, () => `${deviationTable()}\n`),
)
