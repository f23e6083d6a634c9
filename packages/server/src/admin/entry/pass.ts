import { createHmac, timingSafeEqual } from 'node:crypto'
import { isUuid } from '../../ids.ts'
import { deriveKey, type MasterSecrets } from '../../tokens/secrets.ts'

/**
 * What the console's cookies hold. They name a session and nothing else: whether it lives, and what its user may do, is in
 * the database. The tokens of an application are none of them, and they are no tokens.
 */
export interface Passes {
  /** of the cookie that lets in */
  make(sessionId: string): string
  /** @returns the id of the session; undefined for what we did not make */
  read(pass: string | undefined): string | undefined
  /** of the cookie that says until when a password was shown a moment ago, epoch milliseconds */
  makeProof(sessionId: string, until: number): string
  /** @returns until when; 0 for what we did not make, or for another session */
  readProof(proof: string | undefined, sessionId: string): number
}

export function createPasses(secrets: MasterSecrets): Passes {
  const keys = secrets.map((secret) => deriveKey(secret, 'console'))
  const [newest = Buffer.alloc(0)] = keys
  const signed = (text: string) => `${text}.${macOf(newest, text)}`
  const read = (given = '') => {
    const end = given.lastIndexOf('.')
    const [text, mac] = [given.slice(0, end), given.slice(end + 1)]
    return end > 0 && keys.some((key) => isSame(mac, macOf(key, text))) ? text : undefined
  }
  return {
    make: (sessionId) => signed(sessionId),
    read(pass) {
      const text = read(pass)
      return text !== undefined && isUuid(text) ? text : undefined
    },
    makeProof: (sessionId, until) => signed(`${sessionId}.${until}`),
    readProof(proof, sessionId) {
      const [of, until] = read(proof)?.split('.') ?? []
      return of === sessionId && until !== undefined ? Number(until) : 0
    },
  }
}

function macOf(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
