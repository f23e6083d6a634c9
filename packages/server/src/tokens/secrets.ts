import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

/** Master secrets, newest first: the first one makes, all of them open. */
export type MasterSecrets = readonly [string, ...string[]]

/** What a key derived from a master secret is for; each purpose has a key that serves no other. */
export type Purpose = 'refresh-token' | 'signing-key' | 'mail' | 'limits' | 'one-time-code' | 'console'

/**
 * 32 bytes for one purpose alone.
 * @see RFC 5869
 */
export function deriveKey(secret: string, purpose: Purpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'countersign', `${purpose} v1`, 32))
}

/** Tells which master secret a token was made under, and nothing about the secret: 48 bits of a derived digest. */
export function secretId(secret: string): string {
  return createHash('sha256').update(deriveKey(secret, 'refresh-token')).digest('base64url').slice(0, 8)
}

const ivBytes = 12
const tagBytes = 16

/** What is sealed, and where it stands: both must be told again to open it, so one row's text cannot stand in another's. */
interface Place {
  purpose: Purpose
  label: string
}

/** Encrypts with AES-256-GCM. */
export function seal(plain: Buffer, secret: string, { purpose, label }: Place): Buffer {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, purpose), iv).setAAD(Buffer.from(label))
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed])
}

/** What `seal` was given, and whether the newest secret opened it; undefined if none of the secrets does. */
export function unseal(
  sealed: Uint8Array,
  secrets: MasterSecrets,
  place: Place,
): { plain: Buffer; newest: boolean } | undefined {
  for (const [index, secret] of secrets.entries()) {
    const plain = unsealWith(Buffer.from(sealed), secret, place)
    if (plain) return { plain, newest: index === 0 }
  }
  return undefined
}

function unsealWith(sealed: Buffer, secret: string, { purpose, label }: Place): Buffer | undefined {
  try {
    const key = deriveKey(secret, purpose)
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(Buffer.from(label)).setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes))
    return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}
