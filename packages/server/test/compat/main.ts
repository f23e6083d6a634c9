import { parseArgs } from 'node:util'
import { findDjango } from '../django/python.ts'
import { reportOf, tally } from './report.ts'
import { compareWithDjango, profileOf } from './run.ts'

// npm run compat: this server beside a real Django, request by request. It ends with 1 where a difference has no reason.

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '3000' },
    seed: { type: 'string', default: '1' },
    simplejwt: { type: 'string', multiple: true, default: ['off', '5.2'] },
  },
})

const installed = findDjango()
if (!installed) {
  console.error('No Python here has Django REST framework and simplejwt.')
  console.error('Install them first. On Debian: apt install python3-djangorestframework-simplejwt')
  process.exit(1)
}

let unexplained = 0
for (const simplejwt of values.simplejwt) {
  console.log(`${installed.versions}\nagainst COUNTERSIGN_SIMPLEJWT=${simplejwt}, seed ${values.seed}`)
  const comparison = { env: profileOf(simplejwt), cases: Number(values.cases), seed: Number(values.seed) }
  const counted = await tally(compareWithDjango(installed, comparison))
  unexplained += counted.unexplained.length
  console.log(`${reportOf(counted)}\n`)
}
process.exitCode = unexplained === 0 ? 0 : 1
