import { writeFileSync } from 'node:fs'
import { makeReference, page } from './reference.ts'

writeFileSync(page, makeReference())
