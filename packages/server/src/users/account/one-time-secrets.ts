import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { newId } from '../../ids.ts'
import type { NewSecret, SecretPurpose } from '../../store/port/secrets.ts'
import { deriveKey, type MasterSecrets } from '../../tokens/secrets.ts'
import { canonicalEmail } from '../email.ts'

/** Whom a secret is for and where it is sent. */
export interface SecretFor {
  userId: string
  email: string
  /** the session that asked: it stays when others end */
  sessionId?: string
}

/** What is stored of a secret, and what its letter says. */
export interface MadeSecret {
  secret: NewSecret
  /** of our page that the link leads to, with the secret */
  path: string
  /** the whole address of another page that it leads to instead */
  link?: string
  /** eight digits, for whoever cannot follow the link */
  code: string
  /** epoch milliseconds */
  expiresAt: number
}

/** Secrets that are sent by mail: each is good once, for one user, one purpose and one address. */
export interface OneTimeSecrets {
  /** makes one that nobody knows but the reader of its letter */
  make(purpose: SecretPurpose, of: SecretFor): MadeSecret
  /** the digest under which the secret of a link is stored */
  digestOf(token: string): Buffer
  /** the digest under which a code is stored: the same digits of another user, purpose or address have another one */
  codeDigestOf(purpose: SecretPurpose, of: SecretFor, code: string): Buffer
}

/** A code is shorter than a link, so it may be tried this often. */
export const mostCodeAttempts = 5

const minuteMs = 60_000
const kinds: Readonly<Record<SecretPurpose, { path: string; lifeMs: number }>> = {
  reset_password: { path: '/account/reset', lifeMs: 60 * minuteMs },
  change_email: { path: '/account/email', lifeMs: 60 * minuteMs },
  verify_email: { path: '/account/verify', lifeMs: 24 * 60 * minuteMs },
}

interface OneTimeSecretsOptions {
  secrets: MasterSecrets
  clock: Clock
  /** pages of a front end that links lead to instead of ours: `{uid}`, `{token}` and `{key}` in them are filled in */
  pages?: Partial<Record<SecretPurpose, string | undefined>>
}

/** 256 bits in each link; codes are stored under a key, since a few digits could be found from a plain digest. */
export function createOneTimeSecrets(options: OneTimeSecretsOptions): OneTimeSecrets {
  const key = deriveKey(options.secrets[0], 'one-time-code')

  const codeDigestOf: OneTimeSecrets['codeDigestOf'] = (purpose, { userId, email }, code) => {
    const about = JSON.stringify([purpose, userId, canonicalEmail(email), code])
    return createHmac('sha256', key).update(about).digest()
  }

  return {
    digestOf,
    codeDigestOf,
    make(purpose, of) {
      const now = options.clock()
      const { path, lifeMs } = kinds[purpose]
      const expiresAt = now + lifeMs
      const token = [randomBytes(32).toString('base64url'), of.sessionId].filter(Boolean).join('.')
      const code = String(randomInt(100_000_000)).padStart(8, '0')
      const secret = {
        ...{ id: newId(now), user_id: of.userId, purpose, email: of.email },
        ...{ digest: digestOf(token), code_digest: codeDigestOf(purpose, of, code) },
        ...{ created_at: now, expires_at: expiresAt },
      }
      const page = options.pages?.[purpose]
      const link = page && { link: fill(page, { uid: uidOf(of.userId), token, key: token }) }
      return { secret, path: `${path}?token=${token}`, ...link, code, expiresAt }
    },
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function fill(page: string, values: Readonly<Record<string, string>>): string {
  return page.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}

/** A user's id as Django writes it into links. @see django.utils.http.urlsafe_base64_encode */
export function uidOf(userId: string): string {
  return Buffer.from(userId).toString('base64url')
}

/** The session that asked for the secret of a link. Believe it only of one that was good. */
export function askedBy(token: string): string | undefined {
  return token.split('.')[1]
}
