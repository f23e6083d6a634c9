import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chained, chainOf, lastBefore, theChain } from './audit-chain.ts'
import type { NewAuditEvent } from './port/trail.ts'
import type { AuditRow } from './schema.ts'

const start = { last_number: 0, last_chain: null }
const text = fc.oneof(fc.constantFrom('', 'a', '"', ',', 'null', '["a"]'), fc.string({ unit: 'binary' }))
const orNull = fc.option(text)
const event: fc.Arbitrary<NewAuditEvent> = fc.record({
  ...{ id: text, happened_at: fc.nat(), event: text, result: text, code: orNull, request_id: orNull },
  ...{ actor_id: orNull, user_id: orNull, session_id: orNull, details: orNull, personal: orNull },
  personal_salt: fc.option(fc.uint8Array({ maxLength: 4 })),
  personal_digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
})

/** Whether each row follows from the one before. */
function isWhole(rows: readonly AuditRow[]): boolean {
  return rows.every((row, place) => {
    const before = rows[place - 1]?.chain ?? null
    return row.number === place + 1 && chainOf(before, row.number, row).equals(row.chain)
  })
}

test('events get their places one after the other, from wherever the chain ends', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), fc.nat(8), (events, cut) => {
      const whole = chained(start, events)
      expect(isWhole(whole)).toBe(true)
      const first = chained(start, events.slice(0, cut))
      const last = first.at(-1)
      const end = last ? { last_number: last.number, last_chain: last.chain } : start
      expect([...first, ...chained(end, events.slice(cut))]).toEqual(whole)
    }),
  )
})

test('a row that was changed, put in, taken out or moved is found; one whose personal part was erased is whole', () => {
  const harmless = ['personal', 'personal_salt', 'chain']
  fc.assert(
    fc.property(fc.array(event, { minLength: 2, maxLength: 5 }), event, fc.nat(), (events, other, drawn) => {
      const rows = chained(start, events)
      const place = drawn % rows.length
      const [row] = rows.slice(place)
      if (!row) throw new Error('there are two at least')
      for (const name of Object.keys(other) as (keyof NewAuditEvent)[]) {
        const changed = rows.with(place, { ...row, [name]: other[name] } as AuditRow)
        const isSame = JSON.stringify(row[name]) === JSON.stringify(other[name])
        expect(isWhole(changed), name).toBe(isSame || harmless.includes(name))
      }
      if (place < rows.length - 1) {
        expect(isWhole(rows.toSpliced(place, 1))).toBe(false)
        // Also one that is forged together with its own value: the next row does not follow from it.
        const [forged] = chained({ last_number: place, last_chain: rows[place - 1]?.chain ?? null }, [other])
        if (forged) expect(isWhole(rows.with(place, forged))).toBe(false)
      }
      expect(isWhole(rows.toSpliced(place, 0, row))).toBe(false)
      expect(isWhole([...rows].reverse())).toBe(false)
    }),
  )
})

test('what may be deleted ends before the first event that is to be kept', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.nat(9), (instants, instant) => {
      const rows = instants.map((happened_at, number) => ({ happened_at, number }))
      const last = lastBefore(rows, instant)
      const deleted = rows.slice(0, last ? last.number + 1 : 0)
      expect(deleted.every(({ happened_at }) => happened_at < instant)).toBe(true)
      expect((rows[deleted.length]?.happened_at ?? 9) >= instant).toBe(true)
    }),
  )
})

test('a chain whose row is gone is told', () => {
  expect(() => theChain([])).toThrow('audit_chain')
})
