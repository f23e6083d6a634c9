/**
 * The bytes of a base64 text, with or without padding; `.` stands for `+` where passlib wrote it.
 * @returns undefined for anything but the one spelling of those bytes
 */
export function bytesOf(text: string): Buffer | undefined {
  const plain = text.replaceAll('.', '+').replace(/={1,2}$/, '')
  const bytes = Buffer.from(plain, 'base64')
  return unpadded(bytes) === plain ? bytes : undefined
}

/** Base64 without padding, as the PHC string format has it. */
export function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '')
}

const cryptAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A number in the alphabet of crypt(3), its lowest six bits first; NaN for other characters. */
export function cryptNumber(text: string): number {
  return [...text].reduceRight((sum, sign) => sum * 64 + (digits.get(sign) ?? Number.NaN), 0)
}

const digits = new Map([...cryptAlphabet].map((sign, value) => [sign, value]))

/** Six bits each in the alphabet of crypt(3), the lowest first. */
export function cryptText(value: number, length: number): string {
  return Array.from({ length }, (_, at) => cryptAlphabet[(value >>> (6 * at)) & 63]).join('')
}
