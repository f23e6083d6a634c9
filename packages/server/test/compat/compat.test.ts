import { describe, expect, test } from 'vitest'
import { deviationTable } from '../contract/compatibility.ts'
import { reasons } from '../contract/reasons.ts'
import { claimsOf } from '../contract/tokens.ts'
import { findDjango, notInstalled } from '../django/python.ts'
import { startDjango } from '../django/start-django.ts'
import { reportOf, tally } from './report.ts'
import { compareWithDjango, profileOf } from './run.ts'
import { openDjangoSide, openOurSide } from './side.ts'

const installed = findDjango()

describe.skipIf(!installed)(`beside a real Django${installed ? '' : ` (${notInstalled})`}`, () => {
  test.each([
    { name: 'our own answers', env: profileOf('off') },
    { name: 'the answers of simplejwt 5.2', env: profileOf('5.2') },
  ])('$name differ only where docs/compatibility.md says why', async ({ env }) => {
    if (!installed) return
    const counted = await tally(compareWithDjango(installed, { env, cases: 200, seed: 20_261_122 }))
    expect(counted.unexplained.length, reportOf(counted)).toBe(0)
    expect(counted.cases).toBeGreaterThan(400)
    // Were everything explained away, nothing would have been compared.
    expect(counted.equal).toBeGreaterThan(counted.cases / 2)
  }, 300_000)
})

describe.skipIf(!installed)(`the tokens of a real Django${installed ? '' : ` (${notInstalled})`}`, () => {
  test('T08: every claim that they have is in ours as well, of the same type', async () => {
    if (!installed) return
    const sides = [openDjangoSide(await startDjango(installed)), await openOurSide(profileOf('5.2'))]
    const [theirs, mine] = await Promise.all(sides.map((side) => side.give('alice').session()))
    await Promise.all(sides.map((side) => side.close()))
    for (const which of ['access', 'refresh'] as const) {
      const [asked, held] = [claimsOf(theirs?.[which] ?? ''), claimsOf(mine?.[which] ?? '')]
      const typed = (claims: typeof held) => Object.keys(asked).map((name) => [name, typeof claims[name]])
      expect(typed(held), which).toEqual(typed(asked))
      expect(Number(held.exp) - Number(held.iat)).toBe(Number(asked.exp) - Number(asked.iat))
    }
  })
})

test('every reason is told in docs/compatibility.md, in a row that shows it', () => {
  const table = deviationTable()
  const untold = Object.entries(reasons).filter(([, reason]) => !table.includes(reason))
  expect(untold.map(([name]) => name)).toEqual([])
})
