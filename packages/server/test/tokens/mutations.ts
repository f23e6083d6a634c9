import { decode, encode, join, partsOf, type TokenParts } from './workshop.ts'

/** A small generator of its own, so that a run can be told again by its seed. */
export function createDice(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    below: (limit: number) => Math.floor(next() * limit),
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  }
}

export type Dice = ReturnType<typeof createDice>

const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']

/** What a text can suffer. */
const textMutations: readonly ((text: string, dice: Dice) => string)[] = [
  function flipBit(text, dice) {
    const at = dice.below(text.length)
    const changed = String.fromCharCode(text.charCodeAt(at) ^ (1 << dice.below(7)))
    return text.slice(0, at) + changed + text.slice(at + 1)
  },
  function replace(text, dice) {
    const at = dice.below(text.length)
    return text.slice(0, at) + dice.pick(alphabet) + text.slice(at + 1)
  },
  function swap(text, dice) {
    const a = dice.below(text.length)
    const b = dice.below(text.length)
    const [low, high] = a < b ? [a, b] : [b, a]
    if (low === high) return `${text}A`
    return `${text.slice(0, low)}${text[high]}${text.slice(low + 1, high)}${text[low]}${text.slice(high + 1)}`
  },
  function remove(text, dice) {
    const at = dice.below(text.length)
    return text.slice(0, at) + text.slice(at + 1 + dice.below(4))
  },
  function insert(text, dice) {
    const at = dice.below(text.length + 1)
    return (
      text.slice(0, at) +
      dice.pick([...alphabet, '.', '=', ' ', '\n', '\0', '+', '/', '\ud800']) +
      text.slice(at)
    )
  },
  function truncate(text, dice) {
    return dice.below(2) ? text.slice(0, dice.below(text.length)) : text.slice(dice.below(text.length))
  },
]

/** A bit of the bytes behind the text, encoded again: well formed, so that only the content can be wrong. */
function flipByteBit(part: string, dice: Dice): string {
  const bytes = Buffer.from(part, 'base64url')
  const at = dice.below(bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8))
  return bytes.toString('base64url')
}

/** A member of the object behind the text, changed, removed or added, encoded again. */
function editMember(part: string, dice: Dice): string {
  const members = decode(part)
  const name = dice.pick(Object.keys(members))
  const value = members[name]
  const values = [
    ...[typeof value === 'number' ? value + dice.below(100_000) + 1 : `${String(value)}${dice.below(10)}`],
    ...[null, '', [value], true, -1, 'none', 'HS256', 'root', undefined],
  ]
  return encode({
    ...members,
    [dice.pick([name, name, name, 'admin', 'nbf', 'crit', 'jwk'])]: dice.pick(values),
  })
}

type PartName = keyof TokenParts

/**
 * One mutated token: a part altered as text, as bytes or as JSON, a part of another good token, or two tokens spliced.
 * @param good tokens that are good; a mutation may by chance be one of them
 * @param where the parts to alter, each as often as it is in the list
 */
export function mutate(good: readonly string[], where: readonly PartName[], dice: Dice): string {
  const token = dice.pick(good)
  const kind = dice.below(100)
  if (kind < 4) return dice.pick(textMutations)(token, dice)
  if (kind < 7) return spliced(token, dice.pick(good), dice)
  const parts = partsOf(token)
  const name = dice.pick(where)
  if (kind < 17) return join({ ...parts, [name]: partsOf(dice.pick(good))[name] })
  return join({ ...parts, [name]: alter(parts[name], name, dice) })
}

function alter(part: string, name: PartName, dice: Dice): string {
  const kind = dice.below(10)
  if (kind < 3) return flipByteBit(part, dice)
  if (kind < 5 && name !== 'signature') return editMember(part, dice)
  const once = dice.pick(textMutations)(part, dice)
  return kind < 9 || once.length === 0 ? once : dice.pick(textMutations)(once, dice)
}

function spliced(one: string, two: string, dice: Dice): string {
  const at = dice.below(one.length)
  return one.slice(0, at) + two.slice(dice.below(8) ? at : dice.below(two.length))
}
