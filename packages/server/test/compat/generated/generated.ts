import { createDice, type Dice } from '../../tokens/mutations.ts'
import type { Case } from '../case.ts'
import { fieldCase } from './field-cases.ts'
import { requestCase } from './request-cases.ts'
import { headerCase, historyCase, tokenFieldCase } from './token-cases.ts'

/** How many of a hundred cases are of each kind. */
const kinds: readonly (readonly [share: number, make: (dice: Dice) => Omit<Case, 'name'>])[] = [
  [50, fieldCase],
  [15, requestCase],
  [15, tokenFieldCase],
  [12, headerCase],
  [8, historyCase],
]

function drawKind(dice: Dice) {
  let left = dice.below(100)
  for (const [share, make] of kinds) {
    if (left < share) return make
    left -= share
  }
  return fieldCase
}

/** Cases by chance; the same seed gives the same ones, and each can be made again by the number in its name. */
export function* generatedCases(seed: number, count: number): Generator<Case> {
  const dice = createDice(seed)
  for (let number = 1; number <= count; number += 1) {
    yield { ...drawKind(dice)(dice), name: `generated ${seed}/${number}` }
  }
}
