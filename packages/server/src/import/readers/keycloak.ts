import type { ForeignRecord } from './rows.ts'
import { instantIn, isTrue, textIn } from './values.ts'

interface Credential {
  type?: string
  /** JSON texts */
  credentialData?: string
  secretData?: string
}

interface CredentialData {
  algorithm?: string
  hashIterations?: number
  additionalParameters?: Readonly<Record<string, readonly string[]>>
}

interface SecretData {
  value?: string
  salt?: string
}

/**
 * A user of a realm’s export. The service accounts of clients are no users.
 * @see org.keycloak.representations.idm.UserRepresentation
 */
export function fromKeycloak(user: ForeignRecord): object | undefined {
  if (user.serviceAccountClientId) return undefined
  const groups = Array.isArray(user.groups) ? user.groups.map((one) => String(one).replace(/^\//, '')) : []
  return {
    ...{ id: user.id, username: user.username, email: textIn(user, 'email') },
    email_verified: isTrue(user.emailVerified) && textIn(user, 'email') !== undefined,
    is_active: user.enabled !== false,
    ...{ first_name: textIn(user, 'firstName'), last_name: textIn(user, 'lastName'), groups },
    created_at: instantIn(user.createdTimestamp),
    password_hash: hashOf(user.credentials),
  }
}

function hashOf(credentials: unknown): string | null {
  const list: Credential[] = Array.isArray(credentials) ? credentials : []
  const password = list.find(({ type }) => type === 'password')
  if (!password) return null
  const data = jsonIn<CredentialData>(password.credentialData)
  const { value, salt } = jsonIn<SecretData>(password.secretData)
  if (value === undefined || salt === undefined) return 'keycloak$'
  const [bareSalt, bareValue] = [salt, value].map((text) => text.replace(/=+$/, ''))
  const { algorithm = '', hashIterations = 0 } = data
  if (algorithm === 'argon2') return `${argon2Head(data)}$${bareSalt}$${bareValue}`
  const name = algorithm === 'pbkdf2' ? 'pbkdf2-sha1' : algorithm
  return `$${name}$${hashIterations}$${bareSalt}$${bareValue}`
}

/** The version is that of the algorithm’s paper; hashes have it as a number of their own. */
const argon2Versions: Readonly<Record<string, string>> = { '1.0': '16', '1.3': '19' }

function argon2Head({ hashIterations, additionalParameters: more = {} }: CredentialData): string {
  const parameter = (name: string) => more[name]?.[0] ?? ''
  const version = argon2Versions[parameter('version')] ?? ''
  const cost = `m=${parameter('memory')},t=${hashIterations},p=${parameter('parallelism')}`
  return `$argon2${parameter('type')}$v=${version}$${cost}`
}

function jsonIn<T>(text: string | undefined): Partial<T> {
  try {
    return JSON.parse(text ?? '{}') as Partial<T>
  } catch {
    return {}
  }
}
