import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withMadeParts } from './made-parts.ts'
import { readPage, root } from './pages.ts'
import { makeReferenceParts } from './reference-pages.ts'

// Puts what is made from the program into the reference pages again, after a route, an error or a help text has changed.
for (const [page, parts] of await makeReferenceParts()) {
  writeFileSync(join(root, page), withMadeParts(readPage(page), parts))
}
