import { type Argon2idParameters, hashArgon2id, makeDecoy, needsRehash } from './argon2id.ts'
import type { HashKeys } from './formats/check.ts'
import { readStored } from './formats/formats.ts'
import type { Gate } from './gate.ts'

export interface PasswordVerdict {
  matches: boolean
  /** the password matched, but its hash is not of today's format and parameters: store a new one */
  rehash: boolean
}

/** Hashes and verifies passwords, exactly as they were given: nothing is trimmed, folded or cut. */
export interface Passwords {
  /**
   * @param signal its abort gives the place in the queue up
   * @returns an argon2id PHC string with today's parameters
   * @throws AuthError `overloaded`
   */
  hash(password: string, signal?: AbortSignal): Promise<string>
  /**
   * Verifies against our own and everybody's formats. Without a stored hash, or with one that nothing matches, it does the
   * same work against a decoy, so that the time does not tell whether the user exists. A user whose hash still has
   * another format or other parameters differs in time until his first login.
   * @param stored undefined for an unknown user
   * @param signal its abort gives the place in the queue up
   * @throws AuthError `overloaded`
   */
  verify(password: string, stored: string | undefined, signal?: AbortSignal): Promise<PasswordVerdict>
}

export interface PasswordsOptions {
  parameters: Argon2idParameters
  gate: Gate
  /** what other systems hashed together with the passwords */
  keys?: HashKeys
  /** runs a hash, so that somebody can measure it; the time in the queue is over by then */
  measureHash?: <T>(algorithm: string, hash: () => Promise<T>) => Promise<T>
}

/**
 * All hashing goes through the gate.
 * @throws RangeError if no hash made with the parameters would be verified: they make no sense or cost too much
 */
export function createPasswords(options: PasswordsOptions): Passwords {
  const { parameters, gate, keys, measureHash = justRun } = options
  const decoy = makeDecoy(parameters)
  const checkDecoy = readStored(decoy)?.check
  if (!checkDecoy) throw new RangeError('The argon2id parameters are out of bounds.')

  const compare = async (password: string, stored: string): Promise<PasswordVerdict> => {
    const { algorithm, check } = findCheck(stored, keys) ?? { algorithm: 'argon2id', check: checkDecoy }
    const matches = await measureHash(algorithm, () => check(password))
    return { matches, rehash: matches && needsRehash(stored, parameters) }
  }

  return {
    hash: (password, signal) =>
      gate.run(() => measureHash('argon2id', () => hashArgon2id(password, parameters)), signal),
    verify: (password, stored = decoy, signal) => gate.run(() => compare(password, stored), signal),
  }
}

/** A weak hash is none, and neither is one that the settings do not open. */
function findCheck(stored: string, keys?: HashKeys) {
  const read = readStored(stored, keys)
  return read?.check && { algorithm: read.algorithm, check: read.check }
}

function justRun<T>(_: string, hash: () => Promise<T>): Promise<T> {
  return hash()
}
