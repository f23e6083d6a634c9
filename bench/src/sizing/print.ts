import { sizingParts } from './tables.ts'

// `npm run sizing`: the tables of docs/sizing.md, from the assumptions and the measured costs as they stand.
for (const [name, part] of sizingParts()) console.log(`## ${name}\n\n${part}\n`)
