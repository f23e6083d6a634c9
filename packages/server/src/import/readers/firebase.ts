import { ReadError } from './csv.ts'
import type { ForeignRecord } from './rows.ts'
import { instantIn, isTrue, textIn } from './values.ts'

/** What all hashes of a project are made with. */
export interface FirebaseHashing {
  signerKey: string
  saltSeparator: string
  rounds: string
  memCost: string
}

/**
 * Reads the password hash parameters as the console of Firebase shows them, or the same as JSON.
 * @throws ReadError where one is missing
 */
export function readHashConfig(text: string): FirebaseHashing {
  const find = (name: string) => {
    const found = new RegExp(`"?${name}"?\\s*[:=]\\s*"?([A-Za-z0-9+/=_-]+)`).exec(text)?.[1]
    if (found === undefined) throw new ReadError(`The hash parameters have no ${name}.`)
    return found
  }
  return {
    signerKey: plainBase64(find('base64_signer_key')),
    saltSeparator: plainBase64(find('base64_salt_separator')),
    rounds: find('rounds'),
    memCost: find('mem_cost'),
  }
}

/**
 * A user of `firebase auth:export --format=json`. There are no names to log in by: the address is one, or the id.
 * @see https://firebase.google.com/docs/cli/auth
 */
export function fromFirebase(user: ForeignRecord, hashing: FirebaseHashing | undefined): object {
  const id = textIn(user, 'localId')
  const email = textIn(user, 'email')
  return {
    ...{ id, username: email ?? id, email, first_name: textIn(user, 'displayName') },
    email_verified: isTrue(user.emailVerified) && email !== undefined,
    is_active: !isTrue(user.disabled),
    created_at: instantIn(user.createdAt),
    last_login: instantIn(user.lastSignedInAt),
    password_hash: hashOf(user, hashing),
  }
}

/** Who logs in elsewhere has none. */
function hashOf(user: ForeignRecord, hashing: FirebaseHashing | undefined): string | null {
  const [hash, salt] = [textIn(user, 'passwordHash'), textIn(user, 'salt')]
  if (hash === undefined) return null
  if (!hashing)
    throw new ReadError('It has password hashes: its hash parameters are missing (--hash-config FILE).')
  const { memCost, rounds, saltSeparator, signerKey } = hashing
  const parts = [plainBase64(salt ?? ''), plainBase64(hash), saltSeparator, signerKey]
  return `$firescrypt$ln=${memCost},r=${rounds},p=1$${parts.join('$')}`
}

/** Some of Firebase’s tools write the alphabet that is safe in addresses. */
function plainBase64(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/')
}
