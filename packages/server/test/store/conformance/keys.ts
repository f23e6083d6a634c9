import { expect, test } from 'vitest'
import type { ChangeKeysInput } from '../../../src/store/port/keys.ts'
import type { SigningKeyRow } from '../../../src/store/schema.ts'
import type { StoreUnderTest } from '../conformance.ts'
import { sampleKey, t0 } from '../samples.ts'

/** Signing keys: a change applies as a whole or not at all. */
export function keysConformance(store: StoreUnderTest): void {
  const change = (input: Partial<ChangeKeysInput>) =>
    store().changeKeys({ now: t0, insert: [], move: [], ...input })
  const states = async () => (await store().listKeys()).map(({ kid, state }) => ({ kid, state }))
  const twoKeys = async () => {
    const [current, next] = [sampleKey('current'), sampleKey('next')]
    expect(await change({ insert: [current, next] })).toBe('changed')
    return { current, next }
  }
  const takeOver = (current: SigningKeyRow, next: SigningKeyRow, fresh = sampleKey('next')) => ({
    move: [
      { kid: current.kid, from: 'current', set: { state: 'retiring', retires_at: t0, private_sealed: null } },
      { kid: next.kid, from: 'next', set: { state: 'current', activated_at: t0 + 1 } },
    ],
    insert: [fresh],
  })

  test('keys come back as they were written, oldest first', async () => {
    const { current, next } = await twoKeys()
    const listed = await store().listKeys()
    expect(listed.map((row) => ({ ...row, private_sealed: Buffer.from(row.private_sealed ?? []) }))).toEqual([
      current,
      next,
    ])
  })

  test('a take-over moves two keys and adds one', async () => {
    const { current, next } = await twoKeys()
    const fresh = sampleKey('next')
    expect(await change(takeOver(current, next, fresh))).toBe('changed')
    const [first, second, third] = await store().listKeys()
    expect(first).toMatchObject({ kid: current.kid, state: 'retiring', retires_at: t0, private_sealed: null })
    expect(second).toMatchObject({ kid: next.kid, state: 'current', activated_at: t0 + 1 })
    expect(third).toMatchObject({ kid: fresh.kid, state: 'next' })
  })

  const conflicts: {
    name: string
    input: (keys: Awaited<ReturnType<typeof twoKeys>>) => Partial<ChangeKeysInput>
  }[] = [
    { name: 'a second current key', input: () => ({ insert: [sampleKey('current')] }) },
    { name: 'a second next key', input: () => ({ insert: [sampleKey('next')] }) },
    {
      name: 'two current keys in one change',
      input: () => ({ insert: [sampleKey('retired'), sampleKey('current')] }),
    },
    {
      name: 'a kid that is there',
      input: ({ next }) => ({ insert: [sampleKey('retired', { kid: next.kid })] }),
    },
    {
      name: 'a key that is in another state',
      input: ({ current }) => ({ move: [{ kid: current.kid, from: 'next', set: { state: 'retired' } }] }),
    },
    {
      name: 'a key that nobody knows',
      input: () => ({ move: [{ kid: 'nothing', from: 'next', set: { state: 'retired' } }] }),
    },
    {
      name: 'a promotion while another is current',
      input: ({ next }) => ({ move: [{ kid: next.kid, from: 'next', set: { state: 'current' } }] }),
    },
    {
      name: 'a last step that fails',
      input: ({ current, next }) => takeOver(current, next, sampleKey('next', { kid: current.kid })),
    },
  ]
  test.each(conflicts)('$name: a conflict, and all is as before', async ({ input }) => {
    const keys = await twoKeys()
    const before = await store().listKeys()
    expect(await change(input(keys))).toBe('conflict')
    expect(await store().listKeys()).toEqual(before)
  })

  test('a conflict does not hurt what shares its commit', async () => {
    const keys = await twoKeys()
    const [conflict, good] = await Promise.all([
      change({ insert: [sampleKey('current')] }),
      change(takeOver(keys.current, keys.next)),
    ])
    expect([conflict, good]).toEqual(['conflict', 'changed'])
  })

  test('of 8 take-overs at once one wins', async () => {
    const { current, next } = await twoKeys()
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => change(takeOver(current, next))))
    expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1)
    expect(await states()).toHaveLength(3)
  })
}
