import type { SigningKeyRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { MasterSecrets } from '../tokens/secrets.ts'
import { signerOf, verifierOf } from '../tokens/signing-key.ts'
import { type Finding, ok, problem, reasonOf, warning } from './finding.ts'

interface KeysDeps {
  store: Pick<Store, 'listKeys'>
  config: { secrets: MasterSecrets }
}

/** Whether the keys open with the secret, and sign what they verify. */
export async function examineKeys({ store, config: { secrets } }: KeysDeps): Promise<Finding> {
  const keys = (await store.listKeys()).filter((row) => row.private_sealed !== null)
  if (keys.length === 0) return warning('keys', 'none yet; the first start of the server makes them')
  if (secrets[0] === '') {
    return problem(
      'keys',
      'there is no secret to open them with',
      'set COUNTERSIGN_SECRET to that of the server',
    )
  }
  try {
    const useless = keys.filter((row) => !isUsable(row, secrets))
    if (useless.length > 0) return problem('keys', `does not sign: ${useless[0]?.kid}`)
    return ok('keys', `${keys.length} open with the secret and sign`)
  } catch (thrown) {
    return problem('keys', reasonOf(thrown))
  }
}

/** @throws AuthError `unavailable` where the secret does not open it */
function isUsable(row: SigningKeyRow, secrets: MasterSecrets): boolean {
  return verifierOf(row).verify('doctor', signerOf(row, secrets, 'JWT').sign('doctor'))
}
