import type { SigningKeyRow } from '../schema.ts'

export interface ChangeKeysInput {
  now: number
  insert: SigningKeyRow[]
  /** each applies only to a key in the state `from`; one that does not match undoes the whole change */
  move: { kid: string; from: string; set: Partial<Omit<SigningKeyRow, 'kid'>> }[]
}

export type ChangeKeysOutcome = 'changed' | 'conflict'
