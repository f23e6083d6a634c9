import { createHash, hkdfSync } from 'node:crypto'

/*
 * A sealed file is one line of text and what follows it:
 *
 *   countersign-sealed/1 {"to":"x25519","ephemeral":"…","recipient":"…","salt":"…"}
 *   countersign-sealed/1 {"to":"passphrase","n":131072,"r":8,"p":1,"salt":"…"}
 *
 * Then come chunks of AES-256-GCM: 64 KiB of text and 16 bytes of tag each, the last one shorter. The nonce of a chunk is
 * its number in 11 bytes and a byte that is 1 in the last one alone, so none can be left out, moved or put behind the
 * end; the digest of the first line is authenticated with each. The key is HKDF-SHA-256 of the shared secret of X25519,
 * or of what scrypt makes of the passphrase, and belongs to this file alone.
 * The construction of the chunks is STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and
 * its Nonce-Reuse Misuse-Resistance", 2015, as age has it.
 */

/** What every sealed file begins with. */
export const magic = 'countersign-sealed/1 '

/** Bytes of text in each chunk but the last. */
export const chunkBytes = 65_536
export const tagBytes = 16
/** The first line is never longer. */
export const mostHeaderBytes = 1_024
export const saltBytes = 16

/** How the key of a file comes about; what is bytes is in base64url. */
export type SealedHeader =
  | { to: 'x25519'; ephemeral: string; recipient: string; salt: string }
  | { to: 'passphrase'; n: number; r: number; p: number; salt: string }

/** The key of a file's chunks. @see RFC 5869 */
export function chunkKey(secret: Uint8Array, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'countersign-sealed/1 chunks', 32))
}

/** What is authenticated with each chunk. */
export function headerDigest(line: string): Buffer {
  return createHash('sha256').update(line).digest()
}

/** @param number from 0 */
export function nonceOf(number: number, place: 'inside' | 'last'): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(number, 5, 6)
  nonce[11] = place === 'last' ? 1 : 0
  return nonce
}
