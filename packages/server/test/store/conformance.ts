import { afterEach, beforeEach, describe } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { agreementConformance } from './conformance/agreement.ts'
import { closingConformance } from './conformance/closing.ts'
import { hostileTextConformance } from './conformance/hostile-text.ts'
import { keysConformance } from './conformance/keys.ts'
import { leasesConformance } from './conformance/leases.ts'
import { openSessionConformance } from './conformance/open-session.ts'
import { revocationsConformance } from './conformance/revocations.ts'
import { rotateSessionConformance } from './conformance/rotate-session.ts'
import { sessionsConformance } from './conformance/sessions.ts'
import { usersConformance } from './conformance/users.ts'

/** The store of the test that runs now. */
export type StoreUnderTest = () => Store

const parts: Record<string, (store: StoreUnderTest) => void> = {
  users: usersConformance,
  'opening a session': openSessionConformance,
  'rotating a session': rotateSessionConformance,
  'the rules of rotation': agreementConformance,
  sessions: sessionsConformance,
  revocations: revocationsConformance,
  'signing keys': keysConformance,
  leases: leasesConformance,
  'hostile text': hostileTextConformance,
  'health and closing': closingConformance,
}

/**
 * What every store promises, verb by verb and outcome by outcome.
 * @param openStore an empty store at the newest schema; each test opens and closes one of its own
 */
export function storeConformance(name: string, openStore: () => Promise<Store>): void {
  describe(name, () => {
    let opened: Store | undefined
    beforeEach(async () => {
      opened = await openStore()
    })
    afterEach(async () => {
      await opened?.close()
    })
    for (const [part, conformance] of Object.entries(parts)) {
      describe(part, () =>
        conformance(() => {
          if (!opened) throw new Error('the store is not open yet')
          return opened
        }),
      )
    }
  })
}
