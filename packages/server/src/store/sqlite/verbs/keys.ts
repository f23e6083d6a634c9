import type { ChangeKeysInput } from '../../port/keys.ts'
import type { SigningKeyRow } from '../../schema.ts'
import { type Connection, isConstraintFault } from '../connection.ts'
import type { Verbs } from './verb.ts'

const insertSql = `
  INSERT INTO signing_keys (kid, algorithm, state, public_jwk, private_sealed, created_at, activated_at, retires_at)
  VALUES (@kid, @algorithm, @state, @public_jwk, @private_sealed, @created_at, @activated_at, @retires_at)`

const inStateSql = 'SELECT * FROM signing_keys WHERE kid = @kid AND state = @from'

const updateSql = `
  UPDATE signing_keys
     SET state = @state, private_sealed = @private_sealed, activated_at = @activated_at, retires_at = @retires_at
   WHERE kid = @kid`

class KeyConflict extends Error {}

function moveKey(db: Connection, { kid, from, set }: ChangeKeysInput['move'][number]): void {
  const [key] = db.rows<SigningKeyRow>(inStateSql, { kid, from })
  if (!key) throw new KeyConflict()
  db.rows(updateSql, { ...key, ...set })
}

/** The verbs about signing keys. */
export const keyVerbs: Verbs<'changeKeys'> = {
  changeKeys(db, { insert, move }) {
    try {
      db.exec('SAVEPOINT keys')
      for (const step of move) moveKey(db, step)
      for (const key of insert) db.rows(insertSql, key)
      db.exec('RELEASE keys')
      return 'changed'
    } catch (thrown) {
      if (!(thrown instanceof KeyConflict) && !isConstraintFault(thrown)) throw thrown
      db.exec('ROLLBACK TO keys')
      db.exec('RELEASE keys')
      return 'conflict'
    }
  },
}
