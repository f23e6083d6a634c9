import { randomBytes } from 'node:crypto'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { type FormatReader, leastDigestBytes, type ReadRow } from './formats/check.ts'

/** What one hash costs. */
export interface Argon2idParameters {
  /** memory in KiB, at least 8 per lane */
  memoryKib: number
  /** passes over the memory */
  timeCost: number
  /** lanes */
  parallelism: number
}

const SALT_BYTES = 16
const OUTPUT_BYTES = 32
/** Salt, `$` and output, both in base64 without padding. */
const TAIL_LENGTH = Math.ceil((SALT_BYTES * 4) / 3) + 1 + Math.ceil((OUTPUT_BYTES * 4) / 3)
const MAX_MEMORY_KIB = 1024 ** 2
/** Memory times passes: some seconds of one core. */
const MAX_WORK_KIB = 8 * 1024 ** 2
const MAX_PARALLELISM = 255
/** Memory times passes, as little as the settings allow; Django's argon2i took a seventh of it. */
const LEAST_SOUND_KIB = 7 * 1024

/**
 * Hashes with argon2id, version 19, a fresh salt of 16 bytes and an output of 32 bytes.
 * @returns a PHC string, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, which carries its parameters
 * @see RFC 9106, OWASP ASVS 5.0 11.4.2
 */
export function hashArgon2id(password: string, parameters: Argon2idParameters): Promise<string> {
  const { memoryKib, timeCost, parallelism } = parameters
  return hash(password, {
    memoryCost: memoryKib,
    timeCost,
    parallelism,
    outputLen: OUTPUT_BYTES,
    salt: randomBytes(SALT_BYTES),
  })
}

/**
 * Reads a PHC string without its first `$`: argon2id, and also argon2i and argon2d as old imports have them.
 * Django's `argon2$argon2id$…` carries the same text after its prefix.
 * @see django.contrib.auth.hashers.Argon2PasswordHasher
 */
export const readArgon2: FormatReader = (rest) => {
  const phc = `$${rest}`
  const read = parse(phc)
  if (!read || read.outputLen < leastDigestBytes || !isAffordable(read)) return undefined
  const { memoryKib, timeCost, parallelism } = read
  return {
    algorithm: rest.slice(0, rest.indexOf('$')),
    cost: `m=${memoryKib},t=${timeCost},p=${parallelism}`,
    standing: memoryKib * timeCost < LEAST_SOUND_KIB ? 'cheap' : 'sound',
    check: (password) => verify(phc, password),
  }
}

const bounds = `${MAX_MEMORY_KIB / 1024} MiB, times t ${MAX_WORK_KIB / 1024 ** 2} GiB, ${MAX_PARALLELISM} lanes`

const phcRow = (variant: string, from: string): ReadRow => ({
  prefix: `$${variant}$`,
  shape: `$${variant}$v=19$m=…,t=…,p=…$salt$digest`,
  from,
  bounds,
  read: (rest, keys) => readArgon2(`${variant}$${rest}`, keys),
})

/** The formats of argon2, ours the first of them. */
export const argon2Rows: readonly ReadRow[] = [
  phcRow('argon2id', 'Countersign, PHC strings, as of PHP, Supabase, Keycloak'),
  phcRow('argon2i', 'PHC strings, older ones of PHP and Keycloak'),
  phcRow('argon2d', 'PHC strings'),
  {
    prefix: 'argon2$',
    shape: 'argon2$argon2id$v=19$m=…,t=…,p=…$salt$digest',
    from: 'Django, also with argon2i',
    bounds,
    read: readArgon2,
  },
]

/** Whether the stored text is anything but an argon2id hash made with just these parameters. */
export function needsRehash(stored: string, parameters: Argon2idParameters): boolean {
  const head = phcHead(parameters)
  return !(stored.startsWith(head) && stored.length === head.length + TAIL_LENGTH)
}

/** Makes a PHC string that costs the same work as a real one and belongs to no password: its output is random. */
export function makeDecoy(parameters: Argon2idParameters): string {
  return `${phcHead(parameters)}${randomBase64(SALT_BYTES)}$${randomBase64(OUTPUT_BYTES)}`
}

function isAffordable({ memoryKib, timeCost, parallelism }: Argon2idParameters): boolean {
  return memoryKib <= MAX_MEMORY_KIB && memoryKib * timeCost <= MAX_WORK_KIB && parallelism <= MAX_PARALLELISM
}

function phcHead({ memoryKib, timeCost, parallelism }: Argon2idParameters): string {
  return `$argon2id$v=19$m=${memoryKib},t=${timeCost},p=${parallelism}$`
}

/** Without padding, as the PHC string format has it. */
function randomBase64(byteCount: number): string {
  return randomBytes(byteCount).toString('base64').replaceAll('=', '')
}

function parse(phc: string): (Argon2idParameters & { outputLen: number }) | undefined {
  try {
    const { memoryCost, timeCost, parallelism, outputLen } = parseOptions(phc)
    return { memoryKib: memoryCost, timeCost, parallelism, outputLen }
  } catch {
    return undefined
  }
}
