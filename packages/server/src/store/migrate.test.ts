import { describe, expect, test } from 'vitest'
import { migrations, pendingMigrations } from './migrate.ts'

const ids = migrations.map(({ id }) => id)
const history = ids.map((id) => ({ id }))

describe('migrations', () => {
  test('are numbered from 0001 without a gap, in the order in which they apply', () => {
    ids.forEach((id, index) => {
      expect(id).toMatch(/^\d{4}-[a-z0-9-]+$/)
      expect(Number(id.slice(0, 4))).toBe(index + 1)
    })
  })

  test('all are pending on an empty database, none on one at head', () => {
    expect(pendingMigrations([])).toEqual(migrations)
    expect(pendingMigrations(history)).toEqual([])
  })

  test('what was added by a newer version that still serves us is no hindrance', () => {
    const newer = [
      { id: '9998-only-adds', serves_from: 1 },
      { id: '9999-serves-us', serves_from: ids.length },
    ]
    expect(pendingMigrations([...history, ...newer])).toEqual([])
    expect(() =>
      pendingMigrations([...history, { id: '9999-takes-away', serves_from: ids.length + 1 }]),
    ).toThrow('made by a newer')
  })

  test('each after the first says which programs its schema serves, and none that is younger than itself', () => {
    migrations.slice(1).forEach(({ servesFrom }, index) => {
      expect(servesFrom).toBeGreaterThanOrEqual(migrations[index]?.servesFrom ?? 1)
      expect(servesFrom).toBeLessThanOrEqual(index + 1)
    })
  })

  test.each([
    {
      name: 'a newer version',
      applied: [...history, { id: '9999-of-tomorrow' }],
      told: '9999-of-tomorrow',
      expected: 'none',
    },
    {
      name: 'another program',
      applied: [{ id: '0001-of-others' }],
      told: '0001-of-others',
      expected: ids[0],
    },
  ])('a history of $name is refused with a sentence that says what to do', ({ applied, told, expected }) => {
    expect(() => pendingMigrations(applied)).toThrow(
      `The database has migration ${told} where this program expects ${expected}: it was made by a newer or a ` +
        'different version of Countersign. Run that version, or restore a backup.',
    )
  })
})
