import { cryptNumber, cryptText } from './base64.ts'

/**
 * The traditional crypt(3): 25 times DES with the first eight characters for a key, over nothing, with twelve bits of
 * salt that exchange outputs of the expansion. No library that runs everywhere has it; those of Node know DES, but not
 * with a salt. It takes some tens of thousands of steps, so it may run where it is called.
 * @param salt two characters of crypt's alphabet
 * @returns the eleven characters after the salt
 * @see FIPS 46-3 for the tables, crypt(3) for the rest
 */
export function desCrypt(password: string, salt: string): string {
  const keys = roundKeys(keyBits(password))
  const expansion = saltedExpansion(cryptNumber(salt))
  let [left, right] = [noBits(32), noBits(32)]
  for (let time = 0; time < 25; time += 1) {
    for (const key of keys)
      [left, right] = [right, crossed(left, mixed(right, key, expansion))]
      // The last round of each time exchanges no halves. What stands before and after each time undoes itself.
    ;[left, right] = [right, left]
  }
  return textOf(picked([...left, ...right], finalOrder))
}

type Bits = readonly number[]

const noBits = (count: number): number[] => Array.from({ length: count }, () => 0)

/** Bits by their places, counted from 0. */
const picked = (bits: Bits, places: Bits): number[] => places.map((place) => bits[place] ?? 0)

const crossed = (one: Bits, other: Bits): number[] => one.map((bit, at) => bit ^ (other[at] ?? 0))

/** Places as the standard counts them, from 1. */
const places = (text: string): number[] => text.split(' ').map((place) => Number(place) - 1)

const keyOrder = places(
  '57 49 41 33 25 17 9 1 58 50 42 34 26 18 10 2 59 51 43 35 27 19 11 3 60 52 44 36 ' +
    '63 55 47 39 31 23 15 7 62 54 46 38 30 22 14 6 61 53 45 37 29 21 13 5 28 20 12 4',
)
const roundKeyOrder = places(
  '14 17 11 24 1 5 3 28 15 6 21 10 23 19 12 4 26 8 16 7 27 20 13 2 ' +
    '41 52 31 37 47 55 30 40 51 45 33 48 44 49 39 56 34 53 46 42 50 36 29 32',
)
const substitutedOrder = places(
  '16 7 20 21 29 12 28 17 1 15 23 26 5 18 31 10 2 8 24 14 32 27 3 9 19 13 30 6 22 11 4 25',
)
const finalOrder = Array.from({ length: 64 }, (_, at) => {
  const column = [39, 7, 47, 15, 55, 23, 63, 31][at % 8] ?? 0
  return column - Math.floor(at / 8)
})
const shifts = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1]

/** Each of 64 hexadecimal digits: four rows of sixteen. */
const boxes = [
  'e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d',
  'f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9',
  'a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c',
  '7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e',
  '2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453',
  'c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d',
  '4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c',
  'd2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b',
]

/** Seven bits of each of the first eight bytes. */
function keyBits(password: string): number[] {
  const bytes = [...Buffer.from(password).subarray(0, 8)]
  return Array.from(
    { length: 64 },
    (_, at) => ((bytes[at >> 3] ?? 0) >> (6 - (at & 7))) & (at % 8 < 7 ? 1 : 0),
  )
}

function roundKeys(key: Bits): number[][] {
  const kept = picked(key, keyOrder)
  let [left, right] = [kept.slice(0, 28), kept.slice(28)]
  return shifts.map((shift) => {
    left = [...left.slice(shift), ...left.slice(0, shift)]
    right = [...right.slice(shift), ...right.slice(0, shift)]
    return picked([...left, ...right], roundKeyOrder)
  })
}

function saltedExpansion(salt: number): number[] {
  const plain = Array.from({ length: 48 }, (_, at) => (Math.floor(at / 6) * 4 + (at % 6) + 31) % 32)
  const isExchanged = (at: number) => ((salt >> (at % 24)) & 1) === 1
  return plain.map((place, at) => (isExchanged(at) ? (plain[(at + 24) % 48] ?? 0) : place))
}

function mixed(right: Bits, key: Bits, expansion: Bits): number[] {
  const input = crossed(picked(right, expansion), key)
  const output = boxes.flatMap((box, number) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = input.slice(number * 6, number * 6 + 6)
    const value = Number.parseInt(box[(a * 2 + f) * 16 + b * 8 + c * 4 + d * 2 + e] ?? '0', 16)
    return [value >> 3, (value >> 2) & 1, (value >> 1) & 1, value & 1]
  })
  return picked(output, substitutedOrder)
}

/** Six bits each, the highest first. */
function textOf(bits: Bits): string {
  const padded = [...bits, 0, 0]
  return Array.from({ length: 11 }, (_, at) => {
    const value = padded.slice(at * 6, at * 6 + 6).reduce((sum, bit) => sum * 2 + bit, 0)
    return cryptText(value, 1)
  }).join('')
}
