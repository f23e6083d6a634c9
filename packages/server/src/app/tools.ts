import type { Audit } from '../audit/events.ts'
import { openTrail } from '../audit/trail/trail.ts'
import type { Config } from '../config/config.ts'
import { findDamage } from '../store/sqlite/damage.ts'
import type { Surroundings } from './deployment.ts'
import { openLetters } from './mail.ts'
import { openKeys, openTime, passwordRoom } from './rooms.ts'
import { openStore, type Schema } from './stores.ts'

/** What a command beside a server works with. */
export type Tools = Awaited<ReturnType<typeof openTools>>

/**
 * Opens the store and the rooms that manage users; nothing is made on the way, least of all a key.
 * @throws AuthError `unavailable` with the reason, where the store cannot be opened
 */
export async function openTools(
  config: Config,
  { clock: machine, audit: told, store: given }: Surroundings,
  schema: Schema,
) {
  const store = given ?? (await openStore(config, machine, schema))
  const { clock } = await openTime(store, machine)
  const trail = openTrail({ audit: told, store, clock })
  const audit = by('operator', trail)
  const { database } = config
  return {
    ...{ config, clock, audit, trail, store, userIds: config.userIds },
    ...passwordRoom(config, clock),
    /** @throws AuthError `unavailable` if the current key does not open under the master secrets */
    openKeys: () => openKeys(config, store),
    /** @throws ConfigError for an operator's texts that cannot be sent as they are */
    openLetters: () => openLetters(config, clock),
    /** faults of the database file, in words; empty for a sound one, and for a server, which looks after its own */
    findDamage: () => (database.kind === 'sqlite' ? findDamage(database.file) : []),
  }
}

/** Tells with every event who did it. */
function by(actor: string, audit: Audit): Audit {
  return { record: (event, fields) => audit.record(event, { ...fields, actor }) }
}
