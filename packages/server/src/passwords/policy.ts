import { quickRatio } from './similarity.ts'

/** What a password may not resemble. */
export interface PasswordOwner {
  username: string
  email?: string | undefined
}

export interface PolicyOptions {
  /** in code points */
  minLength: number
  /** what becomes of a common password: a fault, a warning, or nothing */
  common: 'enforce' | 'warn' | 'off'
}

export interface PolicyVerdict {
  /** why the password is refused, in the order similarity, length, common, numeric */
  faults: string[]
  /** what the user should hear although the password is taken */
  warnings: string[]
}

/** Judges new passwords. Stored ones are never judged again. */
export interface PasswordPolicy {
  check(password: string, owner: PasswordOwner): Promise<PolicyVerdict>
}

const MAX_PASSWORD_BYTES = 1024
const MAX_SIMILARITY = 0.7

/** What Python's `str.isdigit` takes for a digit: decimals of every script, and the digits in No. */
const NUMERIC =
  /^[\p{Nd}\xb2\xb3\xb9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]+$/u

/**
 * Tells what is wrong with a password as a field, whoever it belongs to: its size in UTF-8, and NUL, which HMAC takes
 * for padding.
 * @returns every fault's text, empty if there is none
 */
export function passwordFieldFaults(password: string): string[] {
  const faults: string[] = []
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    faults.push(`Ensure this field has no more than ${MAX_PASSWORD_BYTES} bytes.`)
  }
  if (password.includes('\0')) faults.push('Null characters are not allowed.')
  return faults
}

/**
 * Django's four password validators, with its texts and in its order. The list of common passwords, in lower case, is
 * loaded with the first check that needs it.
 * @see django.contrib.auth.password_validation, NIST SP 800-63B-4 section 3.1.1.2 (no composition rules)
 */
export function createPolicy({ minLength, common }: PolicyOptions): PasswordPolicy {
  let commonPasswords: Promise<ReadonlySet<string>> | undefined

  async function isCommon(password: string): Promise<boolean> {
    commonPasswords ??= loadCommonPasswords()
    return (await commonPasswords).has(password.toLowerCase().trim())
  }

  return {
    async check(password, owner) {
      const similar = similarAttribute(password, owner)
      const tooCommon = common !== 'off' && (await isCommon(password)) ? ['This password is too common.'] : []
      const faults: string[] = []
      if (similar) faults.push(`The password is too similar to the ${similar}.`)
      if ([...password].length < minLength) faults.push(tooShort(minLength))
      if (common === 'enforce') faults.push(...tooCommon)
      if (NUMERIC.test(password)) faults.push('This password is entirely numeric.')
      return { faults, warnings: common === 'warn' ? tooCommon : [] }
    },
  }
}

function tooShort(minLength: number): string {
  const unit = minLength === 1 ? 'character' : 'characters'
  return `This password is too short. It must contain at least ${minLength} ${unit}.`
}

/** The name of the first attribute that the password resembles as a whole or in one of its parts. */
function similarAttribute(password: string, { username, email }: PasswordOwner): string | undefined {
  const lowered = password.toLowerCase()
  const attributes = { username, 'email address': email }
  return Object.entries(attributes).find(([, value]) => value && isSimilar(lowered, value.toLowerCase()))?.[0]
}

function isSimilar(password: string, attribute: string): boolean {
  const length = [...password].length
  const parts = [...attribute.split(/[^\p{L}\p{N}_]+/u), attribute]
  return parts.some((part) => !isFarShorter(part, length) && quickRatio(password, part) >= MAX_SIMILARITY)
}

/** A tenth of a password cannot resemble it; Django spares the comparison (CVE-2021-45115), and so do we. */
function isFarShorter(part: string, passwordLength: number): boolean {
  return passwordLength >= 10 * [...part].length
}

async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'])
}
