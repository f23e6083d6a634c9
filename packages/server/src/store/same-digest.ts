import { timingSafeEqual } from 'node:crypto'

/** Compares in a time that does not say where they differ. */
export function isSameDigest(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
