import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { usersSchema } from '../../src/import/schema.ts'
import { root } from './pages.ts'

// Writes the schema of a file of users anew, after its table of members has changed; formatted as everything is.
const file = join(root, 'docs/reference/users.schema.json')
writeFileSync(file, JSON.stringify(usersSchema()))
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', file], {
  cwd: root,
  stdio: 'ignore',
})
