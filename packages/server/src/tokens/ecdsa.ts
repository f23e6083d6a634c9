/** Bytes of one coordinate of a P-256 signature. */
const coordinateBytes = 32

/**
 * The 64 bytes that JWS wants (r, then s) out of the DER form that Node's crypto signs to.
 * @see RFC 7518 section 3.4, RFC 3279 section 2.2.3
 */
export function rawFromDer(der: Buffer): Buffer {
  const raw = Buffer.alloc(2 * coordinateBytes)
  const rLength = der[3] ?? 0
  const sStart = 4 + rLength + 2
  copyRightAligned(der.subarray(4, 4 + rLength), raw, coordinateBytes)
  copyRightAligned(der.subarray(sStart), raw, 2 * coordinateBytes)
  return raw
}

function copyRightAligned(integer: Buffer, target: Buffer, end: number): void {
  const digits =
    integer.length > coordinateBytes ? integer.subarray(integer.length - coordinateBytes) : integer
  digits.copy(target, end - digits.length)
}

/**
 * The DER form of a raw signature; undefined if it has not 64 bytes or a zero coordinate (whatever else is wrong with
 * it, the verification itself finds).
 * @see CVE-2022-21449
 */
export function derFromRaw(raw: Buffer): Buffer | undefined {
  if (raw.length !== 2 * coordinateBytes) return undefined
  const r = derInteger(raw.subarray(0, coordinateBytes))
  const s = derInteger(raw.subarray(coordinateBytes))
  if (!r || !s) return undefined
  return Buffer.concat([Buffer.from([0x30, r.length + s.length]), r, s])
}

function derInteger(coordinate: Buffer): Buffer | undefined {
  const start = coordinate.findIndex((byte) => byte !== 0)
  if (start < 0) return undefined
  const digits = coordinate.subarray(start)
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : []
  return Buffer.concat([Buffer.from([0x02, digits.length + sign.length, ...sign]), digits])
}
