import { afterEach, beforeEach, describe } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { agreementConformance } from './conformance/agreement.ts'
import { closingConformance } from './conformance/closing.ts'
import { cursorsConformance } from './conformance/cursors.ts'
import { hostileTextConformance } from './conformance/hostile-text.ts'
import { importsConformance } from './conformance/imports.ts'
import { keysConformance } from './conformance/keys.ts'
import { leasesConformance } from './conformance/leases.ts'
import { legacyTokensConformance } from './conformance/legacy-tokens.ts'
import { limitsConformance } from './conformance/limits.ts'
import { listsConformance } from './conformance/lists.ts'
import { mailsConformance } from './conformance/mails.ts'
import { openSessionConformance } from './conformance/open-session.ts'
import { revocationsConformance } from './conformance/revocations.ts'
import { rotateSessionConformance } from './conformance/rotate-session.ts'
import { secretsConformance } from './conformance/secrets.ts'
import { sessionsConformance } from './conformance/sessions.ts'
import { trailConformance } from './conformance/trail.ts'
import { usersConformance } from './conformance/users.ts'

/** The store of the test that runs now. */
export type StoreUnderTest = () => Store

/** Opens more handles of its database, as other processes have; where there can be none, it is all of them. */
export type OpenBeside = (count: number) => Promise<Store[]>

const parts: Record<string, (store: StoreUnderTest, beside: OpenBeside) => void> = {
  users: usersConformance,
  imports: importsConformance,
  'opening a session': openSessionConformance,
  'rotating a session': rotateSessionConformance,
  'the rules of rotation': agreementConformance,
  sessions: sessionsConformance,
  'tokens from elsewhere': legacyTokensConformance,
  revocations: revocationsConformance,
  'signing keys': keysConformance,
  'one-time secrets': secretsConformance,
  limits: limitsConformance,
  lists: listsConformance,
  mails: mailsConformance,
  'the audit trail': trailConformance,
  cursors: cursorsConformance,
  leases: leasesConformance,
  'hostile text': hostileTextConformance,
  'health and closing': closingConformance,
}

/**
 * What every store promises, verb by verb and outcome by outcome.
 * @param openStore an empty store at the newest schema; each test opens and closes one of its own
 * @param openBeside another handle of the database that was opened last
 */
export function storeConformance(
  name: string,
  openStore: () => Promise<Store>,
  openBeside?: () => Promise<Store>,
): void {
  describe(name, () => {
    let opened: Store[] = []
    beforeEach(async () => {
      opened = [await openStore()]
    })
    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close()))
    })
    const store = () => {
      const [first] = opened
      if (!first) throw new Error('the store is not open yet')
      return first
    }
    const beside: OpenBeside = async (count) => {
      const more = Array.from({ length: count }, () => openBeside?.() ?? store())
      const handles = await Promise.all(more)
      if (openBeside) opened.push(...handles)
      return handles
    }
    for (const [part, conformance] of Object.entries(parts)) {
      describe(part, () => conformance(store, beside))
    }
  })
}
