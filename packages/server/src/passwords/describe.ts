import { type Argon2idParameters, needsRehash } from './argon2id.ts'
import type { HashKeys } from './formats/check.ts'
import { readStored } from './formats/formats.ts'
import { canWrap } from './formats/wrapped.ts'

/** What can be said of a stored password without knowing it. */
export interface HashDescription {
  /** the algorithm, under one name whoever spelled it; `unusable` or `unknown` where there is none */
  format: string
  /** what was set when it was made; empty where there is nothing */
  parameters: string
  state: HashState
  /** it is cheap to guess, and wrapping it would end that */
  canWrap: boolean
}

/**
 * `current` is as the settings have it; `older` is verified and made anew at the next login; so is `weak`, which a thief
 * of the table guesses quickly; `refused` is weaker still and verified only once it is wrapped; `locked` needs a pepper
 * that the settings lack; `unusable` stands for no password; `unknown` is no hash that anything here reads.
 */
export type HashState = 'current' | 'older' | 'weak' | 'refused' | 'locked' | 'unusable' | 'unknown'

/** Says of a stored password what it is. */
export type DescribeHash = (stored: string) => HashDescription

/** @param parameters those of new hashes */
export function hashDescriber(parameters: Argon2idParameters, keys: HashKeys): DescribeHash {
  return (stored) => {
    if (stored === '' || stored.startsWith('!')) return nothing('unusable')
    const read = readStored(stored, keys)
    if (!read) return nothing('unknown')
    const { algorithm: format, cost, standing, check } = read
    const described = { format, parameters: cost, canWrap: canWrap(stored) }
    if (standing === 'weak') return { ...described, state: 'refused' }
    if (!check) return { ...described, state: 'locked' }
    if (!needsRehash(stored, parameters)) return { ...described, state: 'current' }
    return { ...described, state: standing === 'cheap' ? 'weak' : 'older' }
  }
}

function nothing(state: 'unusable' | 'unknown'): HashDescription {
  return { format: state, parameters: '', state, canWrap: false }
}
