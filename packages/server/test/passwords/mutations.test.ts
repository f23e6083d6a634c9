import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashArgon2id } from '../../src/passwords/argon2id.ts'
import { readStored } from '../../src/passwords/formats/formats.ts'
import { wrapWeak } from '../../src/passwords/formats/wrapped.ts'
import { devisePepper, frozenVectors, isSlow, vectorFiles } from './vectors.ts'

const hashText = (text: string) => hashArgon2id(text, { memoryKib: 64, timeCost: 1, parallelism: 1 })

/** One of each kind. */
const vectors = [
  ...new Map(vectorFiles.flatMap(frozenVectors).map((vector) => [vector.name, vector])).values(),
]
const quick = vectors.filter((vector) => !isSlow(vector)).map(({ stored }) => stored)

async function matchesAny(stored: string, passwords: readonly string[]): Promise<boolean> {
  const check = readStored(stored, { devisePepper })?.check
  for (const password of passwords) if (await check?.(password)) return true
  return false
}

interface Damage {
  at: number
  length: number
  insert: string
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(400),
  length: fc.nat(4),
  insert: fc.constantFrom('', '$', '=', 'A', '0', '9', ',', '{', '}', '\n', '\0', 'é', '$$', ':'),
})

function damaged(stored: string, { at, length, insert }: Damage): string {
  const start = at % stored.length
  return stored.slice(0, start) + insert + stored.slice(start + length)
}

describe('a damaged row', () => {
  test('never throws, and lets nobody in', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(fc.constantFrom(...quick), damage, async (stored, how) => {
      expect(await matchesAny(damaged(stored, how), ['not the password', ''])).toBe(false)
    })
    await fc.assert(property, { numRuns: 1500 })
  })

  test('never throws, and lets nobody in, where it is wrapped', { timeout: 120_000 }, async () => {
    const wrapped = (await Promise.all(quick.map((stored) => wrapWeak(stored, hashText)))).filter(
      (one) => one !== undefined,
    )
    expect(wrapped.length).toBeGreaterThan(20)
    const property = fc.asyncProperty(fc.constantFrom(...wrapped), damage, async (stored, how) => {
      expect(await matchesAny(damaged(stored, how), ['not the password', ''])).toBe(false)
    })
    await fc.assert(property, { numRuns: 1000 })
  })

  const low = vectors.filter(({ name }) => !name.endsWith(' makes it'))

  test.each(low)('$name matches no other password, nor with another digest', async (vector) => {
    const kept = (await wrapWeak(vector.stored, hashText)) ?? vector.stored
    expect(await matchesAny(kept, [`.${vector.password}`])).toBe(false)
    const at = kept.search(/.=*$/) - 2
    const other = kept.slice(0, at) + (kept[at] === 'a' ? 'b' : 'a') + kept.slice(at + 1)
    expect(await matchesAny(other, [vector.password])).toBe(false)
  })
})

test('no text throws, and none matches itself', async () => {
  const names = [
    '$',
    'md5$',
    '{SSHA}',
    '$pbkdf2-sha256$',
    '$scrypt$',
    '$7$',
    'wrapped$',
    '$2b$',
    'devise$',
    '$6$',
  ]
  const texts = fc.tuple(fc.constantFrom('', ...names), fc.string({ maxLength: 200 }))
  const property = fc.asyncProperty(texts, async ([name, rest]) => {
    expect(await matchesAny(name + rest, [name + rest, rest, ''])).toBe(false)
  })
  await fc.assert(property, { numRuns: 3000 })
})
