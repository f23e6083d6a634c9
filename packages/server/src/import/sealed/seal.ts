import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  scryptSync,
} from 'node:crypto'
import { chunkBytes, chunkKey, headerDigest, magic, nonceOf, type SealedHeader, saltBytes } from './format.ts'

/** Who can open what is sealed: whoever has the private key, or knows the passphrase. */
export type Recipient = { publicKey: KeyObject } | { passphrase: string }

/** What scrypt costs: an eighth of a GiB, and about half a second. */
const cost = { n: 131_072, r: 8, p: 1 } as const

/**
 * A public key as `openssl pkey -pubout` writes it.
 * @returns undefined for a text that is none, or of another kind
 */
export function readPublicKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem)
    // Of a private key its public half would be taken, and nobody means that.
    return key.asymmetricKeyType === 'x25519' && !pem.includes('PRIVATE') ? key : undefined
  } catch {
    return undefined
  }
}

/** Encrypts text as it comes; what comes out is a whole file. */
export async function* seal(text: AsyncIterable<string>, recipient: Recipient): AsyncGenerator<Buffer> {
  const { header, secret, salt } =
    'publicKey' in recipient ? forKey(recipient.publicKey) : forPassphrase(recipient)
  const line = `${magic}${JSON.stringify(header)}\n`
  yield Buffer.from(line)
  const [key, digest] = [chunkKey(secret, salt), headerDigest(line)]
  let number = 0
  const encrypted = (chunk: Buffer, place: 'inside' | 'last') => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, place)).setAAD(digest)
    number += 1
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()])
  }
  let held = Buffer.alloc(0)
  for await (const part of text) {
    held = Buffer.concat([held, Buffer.from(part)])
    // One that is full may be the last one: it waits until more comes.
    while (held.length > chunkBytes) {
      yield encrypted(held.subarray(0, chunkBytes), 'inside')
      held = held.subarray(chunkBytes)
    }
  }
  yield encrypted(held, 'last')
}

interface Opening {
  header: SealedHeader
  secret: Buffer
  salt: Buffer
}

/** A key pair for this file alone: whoever steals the recipient's public key and the file has nothing. */
function forKey(publicKey: KeyObject): Opening {
  const pair = generateKeyPairSync('x25519')
  const salt = randomBytes(saltBytes)
  const header = {
    to: 'x25519',
    ephemeral: rawKey(pair.publicKey),
    recipient: rawKey(publicKey),
    salt: salt.toString('base64url'),
  } as const
  return { header, salt, secret: diffieHellman({ privateKey: pair.privateKey, publicKey }) }
}

function forPassphrase({ passphrase }: { passphrase: string }): Opening {
  const salt = randomBytes(saltBytes)
  const { n, r, p } = cost
  const secret = scryptSync(passphrase.normalize('NFC'), salt, 32, { N: n, r, p, maxmem: 256 * n * r })
  return { header: { to: 'passphrase', n, r, p, salt: salt.toString('base64url') }, salt, secret }
}

/** The 32 bytes of a public key, in base64url. */
export function rawKey(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x ?? ''
}
