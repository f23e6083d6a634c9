import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { maxTokenLength } from '../../src/tokens/jwt.ts'
import { openWorkshop, partsOf } from './workshop.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapMegabytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** The text, filled up to the longest that is looked at; each call gives a text that was never seen before. */
function filled(start: string, end = '', filler = 'A'): string {
  const unique = Math.random().toString(36).slice(2, 12).padEnd(10, '0')
  const room = maxTokenLength - start.length - unique.length - end.length
  return start + unique + filler.repeat(Math.ceil(room / filler.length)).slice(0, room) + end
}

test(
  '8 KB of garbage, twenty thousand times: refused, and nothing of it is kept',
  { timeout: 180_000 },
  async () => {
    const shop = await openWorkshop()
    const access = partsOf(shop.issue())
    const refresh = partsOf(shop.issueRefresh())
    const makers = [
      () => filled(''),
      () => filled('', '', '.'),
      () => filled('', '', 'eyJ'),
      () => filled('', '', '\u{1f600}'),
      () => filled('', '', '\ud800'),
      () => filled(`${access.header}.`, `.${access.signature}`),
      () => filled(`${access.header}.${access.payload}.`),
      () => filled(`${refresh.header}.`, `.${refresh.signature}`),
      () => filled(`${refresh.header}.${refresh.payload}.`),
      () => filled(`${access.header}.`, `.${access.signature}`, '['),
    ]
    const before = heapMegabytes()
    for (let round = 0; round < 2_000; round += 1) {
      for (const make of makers) {
        const garbage = make()
        expect(shop.verify(garbage) ?? shop.refreshTokens.verify(garbage)).toBeUndefined()
      }
    }
    // Kept, they would be some 160 MB.
    expect(heapMegabytes() - before).toBeLessThan(40)
    await shop.close()
  },
)
