import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AlgorithmName } from '../../src/tokens/algorithms.ts'
import { decode, partsOf } from '../tokens/workshop.ts'
import { type Language, languages } from './languages.ts'
import { badTokens, openSite, type Site } from './site.ts'
import { type Command, isCompiled, prepare } from './toolchains.ts'
import { startVerifier, type Verifier } from './verifier.ts'

const patientMs = 300_000
const run = languages.filter(({ ran }) => ran.length > 0)
const notAtHand = 'the runtime or the library is not at hand'

type Prepared = PromiseSettledResult<Command | undefined>

let site: Site
const preparations = new Map<string, Promise<Prepared>>()
const verifiers = new Map<string, Verifier>()

beforeAll(async () => {
  // Compilers work in the background, one after the other, while the rest is tested.
  prepareInTurn(run.filter(isCompiled))
  prepareInTurn(run.filter((language) => !isCompiled(language)))
  site = await openSite()
})

afterAll(async () => {
  await Promise.all(preparations.values())
  await Promise.all([...verifiers.values()].map((one) => one.end()))
  await site?.close()
}, patientMs)

function prepareInTurn(some: readonly Language[]): void {
  let last: Promise<unknown> = Promise.resolve()
  for (const language of some) {
    const own = last.then(() => Promise.allSettled([prepare(language)])).then(([outcome]) => outcome)
    preparations.set(language.file, own)
    last = own
  }
}

/** Its command, nothing where the runtime or the library is not at hand; a compiler's complaint is thrown. */
async function commandOf(file: string): Promise<Command | undefined> {
  const outcome = await preparations.get(file)
  if (outcome?.status === 'rejected') throw outcome.reason
  return outcome?.value
}

describe.each(run)(
  '$name, with $library',
  ({ file }) => {
    test('takes an access token, refuses what is none, and keeps the keys', async ({ skip }) => {
      const command = await commandOf(file)
      if (!command) return skip(notAtHand)
      const verifier = startVerifier(command, site.environmentOf(file))
      verifiers.set(file, verifier)
      expect(await verifier.ask(site.pair.access)).toBe('alice')
      for (const [name, token] of await badTokens(site))
        expect(await verifier.ask(token), name).toMatch(/^refused: ./)
      const { count } = site.readingsOf(file)
      expect(await verifier.ask(site.pair.access)).toBe('alice')
      expect(site.readingsOf(file).count).toBe(count)
    })

    test('ends with 0 where it took every token', async ({ skip }) => {
      const command = await commandOf(file)
      if (!command) return skip(notAtHand)
      const verifier = startVerifier(command, site.environmentOf(`another/${file}`))
      expect(await verifier.ask(site.pair.access)).toBe('alice')
      expect(await verifier.end()).toBe(0)
    })
  },
  patientMs,
)

describe('after rotations at once', () => {
  const tokens = new Map<AlgorithmName, string>()

  beforeAll(async () => {
    // ES256, by a key that they have read already; then two that they have not.
    for (const next of ['EdDSA', 'RS256', 'RS256'] as const) {
      expect(await site.rotateAtOnce(next)).toBe('rotated')
      const token = await site.login()
      tokens.set(decode(partsOf(token).header).alg as AlgorithmName, token)
    }
    await site.revoke(String(decode(partsOf(site.pair.access).header).kid))
  })

  test.for(run)(
    '$name reads the keys again for a new one, forgets a revoked one, and ends with 1',
    { timeout: patientMs },
    async ({ file, algorithms, cooldownSeconds }, { skip }) => {
      const verifier = verifiers.get(file)
      if (!verifier) return skip(notAtHand)
      expect(await verifier.ask(tokens.get('ES256') ?? '')).toBe('alice')
      const { count, lastAt } = site.readingsOf(file)
      await sleep(Math.max(0, lastAt + (cooldownSeconds + 2) * 1000 - Date.now()))
      for (const algorithm of ['RS256', 'EdDSA'] as const)
        expect(await verifier.ask(tokens.get(algorithm) ?? ''), algorithm).toMatch(
          algorithms.includes(algorithm) ? /^alice$/ : /^refused: ./,
        )
      expect(site.readingsOf(file).count).toBe(count + 1)
      expect(await verifier.ask(site.pair.access), 'a token of a revoked key').toMatch(/^refused: ./)
      expect(await verifier.end()).toBe(1)
    },
  )
})
