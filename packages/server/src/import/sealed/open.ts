import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  scryptSync,
} from 'node:crypto'
import {
  chunkBytes,
  chunkKey,
  headerDigest,
  magic,
  mostHeaderBytes,
  nonceOf,
  type SealedHeader,
  tagBytes,
} from './format.ts'
import { rawKey } from './seal.ts'

/** Why a sealed file does not open; each says in a sentence what is wrong. */
export class SealError extends Error {}

/** What opens a sealed file. */
export type Opener = { privateKey: KeyObject } | { passphrase: string }

/**
 * A private key as `openssl genpkey -algorithm X25519` writes it.
 * @returns undefined for a text that is none, or of another kind
 */
export function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'x25519' ? key : undefined
  } catch {
    return undefined
  }
}

/** Whether a file that begins so is sealed. */
export function isSealed(beginning: Buffer): boolean {
  return beginning.subarray(0, magic.length).toString('latin1') === magic
}

/**
 * Decrypts a sealed file as it comes. Nothing comes out that was changed; that the end is missing is known at the end
 * alone, so what must be whole is read to its end before anything is done with it.
 * @throws SealError for a key that does not fit, and for a file that was changed or cut off
 */
export async function* open(bytes: AsyncIterable<Buffer>, opener: Opener): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0)
  let decrypt: ((chunk: Buffer, place: 'inside' | 'last') => Buffer) | undefined
  const sealedBytes = chunkBytes + tagBytes
  for await (const part of bytes) {
    held = Buffer.concat([held, part])
    if (!decrypt) {
      const end = held.subarray(0, mostHeaderBytes).indexOf('\n')
      if (end < 0 && held.length < mostHeaderBytes) continue
      decrypt = decrypter(held.subarray(0, end + 1).toString('latin1'), opener)
      held = held.subarray(end + 1)
    }
    while (held.length > sealedBytes) {
      yield decrypt(held.subarray(0, sealedBytes), 'inside')
      held = held.subarray(sealedBytes)
    }
  }
  if (!decrypt) throw new SealError('It is no sealed file.')
  yield decrypt(held, 'last')
}

function decrypter(line: string, opener: Opener) {
  const header = headerOf(line)
  const key = chunkKey(secretOf(header, opener), Buffer.from(header.salt, 'base64url'))
  const digest = headerDigest(line)
  let number = 0
  return (chunk: Buffer, place: 'inside' | 'last'): Buffer => {
    try {
      const tag = chunk.subarray(-tagBytes)
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, place), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(digest).setAuthTag(tag)
      const text = Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()])
      number += 1
      return text
    } catch {
      throw new SealError(number === 0 && header.to === 'passphrase' ? wrongPassphrase : changed)
    }
  }
}

const wrongPassphrase = 'The passphrase is another one, or the file was changed.'
const changed = 'The file was changed since it was sealed, or it is cut off.'

/** More memory or time than this is asked for by nobody who means well. */
const mostCost = { n: 1_048_576, r: 8, p: 4 } as const

function headerOf(line: string): SealedHeader {
  const header = line.startsWith(magic) ? parsed(line.slice(magic.length)) : undefined
  if (header?.to === 'x25519' && [header.ephemeral, header.salt].every((one) => typeof one === 'string'))
    return header
  if (header?.to === 'passphrase' && typeof header.salt === 'string') {
    const { n, r, p } = header
    const fits = Number.isInteger(Math.log2(n)) && n > 1 && n <= mostCost.n && r >= 1 && r <= mostCost.r
    if (fits && Number.isInteger(r) && p >= 1 && p <= mostCost.p && Number.isInteger(p)) return header
  }
  throw new SealError('It is no sealed file of this version.')
}

function parsed(text: string): SealedHeader | undefined {
  try {
    return JSON.parse(text) as SealedHeader
  } catch {
    return undefined
  }
}

function secretOf(header: SealedHeader, opener: Opener): Buffer {
  if (header.to === 'passphrase') {
    if (!('passphrase' in opener)) throw new SealError('It is sealed with a passphrase, not to a key.')
    const { n, r, p, salt } = header
    const options = { N: n, r, p, maxmem: 256 * n * r }
    return scryptSync(opener.passphrase.normalize('NFC'), Buffer.from(salt, 'base64url'), 32, options)
  }
  if (!('privateKey' in opener)) throw new SealError('It is sealed to a key, not with a passphrase.')
  const { privateKey } = opener
  if (rawKey(createPublicKey(privateKey)) !== header.recipient)
    throw new SealError('It is sealed to another key.')
  try {
    const publicKey = createPublicKey({
      key: { kty: 'OKP', crv: 'X25519', x: header.ephemeral },
      format: 'jwk',
    })
    return diffieHellman({ privateKey, publicKey })
  } catch {
    throw new SealError(changed)
  }
}
