import { expect, test } from 'vitest'
import type { StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, rowOf, sampleUser, t0 } from '../samples.ts'

const texts = [
  `'; DROP TABLE users; --`,
  `' OR '1'='1`,
  `" OR ""="`,
  `admin'--`,
  `x') ; DELETE FROM sessions; --`,
  `\\'; SELECT 1; --`,
  '%',
  '_',
  '*',
  '?1',
  '$1',
  ':id',
  '@name',
  '/* */',
  'NULL',
  `${'x'.repeat(100)}'`,
  '名前',
  '😀𝒜',
  'line\nbreak\ttab',
  '{"a":1}',
]

/** Text is data, wherever it stands (ASVS 1.2.4). */
export function hostileTextConformance(store: StoreUnderTest): void {
  test('is a name, an e-mail, a hash, a device, an address and an id like any other', async () => {
    const bystander = await addUser(store())
    await addSession(store(), bystander)
    for (const text of texts) {
      const names = { username: text, username_canonical: text, email: text, email_canonical: text }
      const user = await addUser(store(), { ...names, id: text, password_hash: text })
      const row = rowOf(user)
      expect(await store().findUserById(text)).toEqual(row)
      expect(await store().findUserByName(text)).toEqual(row)
      expect(await store().findUserByEmail(text)).toEqual(row)
      expect(await store().findTaken(names)).toEqual(['username', 'email'])
      expect(await store().listUsers({ after: undefined, limit: 9, search: text })).toEqual([row])
      const taken = { outcome: 'taken', fields: ['username', 'email'] }
      expect(await store().createUser(sampleUser(names))).toEqual(taken)
      const { id } = await addSession(store(), user, { device: text, address: text })
      expect(await store().findSession(id)).toMatchObject({ device: text, address: text, user_id: text })
      const ended = await store().endSessionsOfUser({ userId: text, now: t0 + 1, reason: 'logout_all' })
      expect(ended).toEqual([id])
      expect((await store().deleteUser({ userId: text, now: t0 + 2 })).outcome).toBe('updated')
    }
    expect(await store().listUsers({ after: undefined, limit: 9 })).toHaveLength(1)
    expect(await store().listSessionsOfUser(bystander.id, t0)).toHaveLength(1)
  })

  test('finds nobody where nobody is called so', async () => {
    const bystander = await addUser(store())
    await addSession(store(), bystander)
    for (const text of texts) {
      expect(await store().findUserById(text), text).toBeUndefined()
      expect(await store().findUserByName(text), text).toBeUndefined()
      expect(await store().findUserByEmail(text), text).toBeUndefined()
      expect(await store().findSession(text), text).toBeUndefined()
      expect(await store().findMail(text), text).toBeUndefined()
      expect(await store().listEvents({ limit: 9, event: text }), text).toEqual([])
      expect(await store().listUsers({ after: undefined, limit: 9, search: text }), text).toEqual([])
      expect(await store().endSession({ sessionId: text, now: t0, reason: 'logout' }), text).toBe('missing')
      const update = await store().updateUser({ userId: text, set: { is_active: 0 } })
      expect(update, text).toEqual({ outcome: 'missing' })
    }
    expect(await store().findUserById(bystander.id)).toMatchObject({ is_active: 1 })
    expect(await store().listSessionsOfUser(bystander.id, t0)).toHaveLength(1)
  })
}
