import { expect, test } from 'vitest'
import { AuthError } from '../../../src/errors.ts'
import type { StoreUnderTest } from '../conformance.ts'
import { sampleUser } from '../samples.ts'

/** The way in and the way out. */
export function closingConformance(store: StoreUnderTest): void {
  test('an open store lacks no migration', async () => {
    expect(await store().health()).toEqual({ pendingMigrations: [], isWritable: true })
  })

  test('closing waits for what was handed in; what comes later is refused as unavailable', async () => {
    const users = Array.from({ length: 50 }, () => sampleUser())
    const created = users.map((user) => store().createUser(user))
    const closed = store().close()
    const late = await store()
      .createUser(sampleUser())
      .catch((thrown: unknown) => thrown)
    expect(late).toBeInstanceOf(AuthError)
    expect(late).toMatchObject({ code: 'unavailable' })
    for (const outcome of await Promise.all(created)) expect(outcome).toEqual({ outcome: 'created' })
    await closed
  })
}
