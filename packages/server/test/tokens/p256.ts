import { createHash, createPublicKey, type KeyObject } from 'node:crypto'

/**
 * The curve P-256 by the textbook, slow and plain: enough to compute, for a signature of our choosing, the public key
 * under which it is good. That is how edge cases are had that no random key ever meets.
 * @see FIPS 186-5, SEC 2 section 2.4.2
 */
export const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
export const prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
const base: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
}

interface Point {
  x: bigint
  y: bigint
}

function modulo(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by
}

export function power(value: bigint, exponent: bigint, by: bigint): bigint {
  let result = 1n
  let square = modulo(value, by)
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % by
    square = (square * square) % by
  }
  return result
}

/** by Fermat: the modulus is a prime */
export function inverse(value: bigint, by: bigint): bigint {
  return power(value, by - 2n, by)
}

function add(one: Point | undefined, two: Point | undefined): Point | undefined {
  if (!one || !two) return one ?? two
  if (one.x === two.x && modulo(one.y + two.y, prime) === 0n) return undefined
  const slope =
    one.x === two.x
      ? (3n * one.x * one.x - 3n) * inverse(2n * one.y, prime)
      : (two.y - one.y) * inverse(modulo(two.x - one.x, prime), prime)
  const x = modulo(slope * slope - one.x - two.x, prime)
  return { x, y: modulo(slope * (one.x - x) - one.y, prime) }
}

function times(scalar: bigint, point: Point): Point | undefined {
  let result: Point | undefined
  let double: Point | undefined = point
  for (let left = modulo(scalar, order); left > 0n; left >>= 1n) {
    if (left & 1n) result = add(result, double)
    double = add(double, double)
  }
  return result
}

/** The point with this first coordinate; undefined where the curve has none. */
function pointAt(x: bigint): Point | undefined {
  const square = modulo(x * x * x - 3n * x + b, prime)
  const y = power(square, (prime + 1n) / 4n, prime)
  return (y * y) % prime === square ? { x, y } : undefined
}

/**
 * The public key under which `(r, s)` signs the message, where the signer's random point had the first coordinate `x`
 * (`r` itself, or `r` and the order more); undefined where the curve has no such point.
 */
export function keyThatSigned(
  message: Buffer,
  { r, s, x }: { r: bigint; s: bigint; x: bigint },
): KeyObject | undefined {
  const point = x < prime ? pointAt(x) : undefined
  if (!point) return undefined
  const digest = BigInt(`0x${createHash('sha256').update(message).digest('hex')}`)
  const sum = add(times(s, point), times(order - modulo(digest, order), base))
  const key = sum && times(inverse(r, order), sum)
  if (!key) return undefined
  const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(key.x), y: coordinate(key.y) }
  return createPublicKey({ key: jwk, format: 'jwk' })
}

function coordinate(value: bigint): string {
  return bytes32(value).toString('base64url')
}

/** 32 bytes, the highest first; throws for what needs more */
export function bytes32(value: bigint): Buffer {
  const bytes = Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
  if (bytes.length !== 32) throw new Error('more than 32 bytes')
  return bytes
}

export function rawSignature(r: bigint, s: bigint): Buffer {
  return Buffer.concat([bytes32(r), bytes32(s)])
}
