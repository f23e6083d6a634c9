import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withMadeParts } from '../docs/made-parts.ts'
import { deviationParts } from './compatibility.ts'

// Puts the tables of deviations into docs/compatibility.md again, after a row of a contract table has changed.
const file = join(import.meta.dirname, '../../../../docs/compatibility.md')
writeFileSync(file, withMadeParts(readFileSync(file, 'utf8'), deviationParts()))
