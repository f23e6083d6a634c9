import type { ChangeKeysInput, ChangeKeysOutcome } from '../port/keys.ts'
import type { SigningKeyRow } from '../schema.ts'
import type { Store } from '../store.ts'
import type { Connections, Runner } from './pool/connections.ts'
import { Undo, violatedUnique } from './pool/faults.ts'
import { statement } from './pool/statement.ts'

const columns = 'kid, algorithm, state, public_jwk, private_sealed, created_at, activated_at, retires_at'

const list = statement('keys', `SELECT ${columns} FROM signing_keys ORDER BY created_at, kid`)

const insert = statement(
  'insert_key',
  `INSERT INTO signing_keys (${columns})
   VALUES (@kid, @algorithm, @state, @public_jwk, @private_sealed, @created_at, @activated_at, @retires_at)`,
)

const inState = statement(
  'key_in_state',
  `SELECT ${columns} FROM signing_keys WHERE kid = @kid AND state = @from FOR UPDATE`,
)

const update = statement(
  'update_key',
  `UPDATE signing_keys
      SET state = @state, private_sealed = @private_sealed, activated_at = @activated_at, retires_at = @retires_at
    WHERE kid = @kid`,
)

async function moveKey(db: Runner, { kid, from, set }: ChangeKeysInput['move'][number]): Promise<void> {
  const [key] = await db.rows<SigningKeyRow>(inState, { kid, from })
  if (!key) throw new Undo<ChangeKeysOutcome>('conflict')
  await db.rows(update, { ...key, ...set })
}

/** The verbs about signing keys. */
export function keyVerbs(db: Connections): Pick<Store, 'listKeys' | 'changeKeys'> {
  return {
    listKeys: () => db.rows<SigningKeyRow>(list, {}),
    async changeKeys(input) {
      try {
        return await db.transaction<ChangeKeysOutcome>(async (runner) => {
          for (const step of input.move) await moveKey(runner, step)
          for (const key of input.insert) await runner.rows(insert, key)
          return 'changed'
        })
      } catch (thrown) {
        if (violatedUnique(thrown) === undefined) throw thrown
        return 'conflict'
      }
    },
  }
}
