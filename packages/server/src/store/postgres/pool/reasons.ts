import { AuthError } from '../../../errors.ts'
import type { PostgresAddress } from './connections.ts'
import { faultName, sqlState } from './faults.ts'

/**
 * What an operator can do about it, by SQLSTATE or by the system's code. Where the driver gives its own errors no code,
 * its text stands here.
 */
const remedies: Readonly<Record<string, (address: PostgresAddress) => string>> = {
  ECONNREFUSED: () => 'Nothing listens there: is PostgreSQL running, and are host and port right?',
  ENOENT: ({ host }) => `Is PostgreSQL running, and does it keep its sockets in ${host}?`,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ETIMEDOUT: silent,
  EHOSTUNREACH: silent,
  ENETUNREACH: silent,
  'timeout expired': silent,
  'Connection terminated due to connection timeout': silent,
  'timeout exceeded when trying to connect': () =>
    'All connections of this process are busy; COUNTERSIGN_DB_POOL says how many it may have.',
  'The server does not support SSL connections': () =>
    'Give it a certificate, or append ?sslmode=disable where the network is yours alone.',
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: () => 'Renew the server’s certificate.',
  ERR_TLS_CERT_ALTNAME_INVALID: () =>
    'The certificate is for another name: take that as the host in DATABASE_URL, or sslmode=verify-ca.',
  NO_PASSWORD: () => 'Set it in DATABASE_PASSWORD or DATABASE_URL.',
  '28P01': () => 'Set the right one in DATABASE_PASSWORD or DATABASE_URL.',
  '28000': ({ tls }) =>
    tls
      ? 'The server’s pg_hba.conf and its roles say who may come from where.'
      : 'The server’s pg_hba.conf and its roles say who may come from where. If it wants TLS, append ?sslmode=verify-full.',
  '3D000': ({ database, user }) =>
    `Create it: CREATE DATABASE ${quoted(database)} OWNER ${quoted(user)}; or name another one in DATABASE_URL.`,
  '42501': ({ user }) =>
    `Let it own the database, or grant it its schema: GRANT CREATE, USAGE ON SCHEMA public TO ${quoted(user)};`,
  '42P01': () => 'The tables are missing; countersign migrate makes them.',
  '53300': () => 'Raise its limit, or lower COUNTERSIGN_DB_POOL of the processes that share it.',
  '57014': () => 'It took longer than COUNTERSIGN_DB_STATEMENT_TIMEOUT.',
  '57P03': () => 'Try again when it is up.',
  '25006': () =>
    'It takes no writes: is it a replica, or is its disk full? DATABASE_URL must name the primary.',
}

function unknownHost({ host }: PostgresAddress): string {
  return `No machine of the name ${host} is known: is the host in DATABASE_URL right?`
}

function silent(): string {
  return 'It does not answer: are host and port right, and does a firewall let this machine through?'
}

function untrusted(): string {
  return 'No authority that is trusted here has signed its certificate: name the right one’s file, sslrootcert=FILE in DATABASE_URL.'
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * The refusal of whatever asked the database, with the reason for the log and the command line: where it is, what it or
 * the driver said, and what to do about that. Nothing of it reaches a client, and the password is in none of it.
 */
export function unavailable(thrown: unknown, address: PostgresAddress): AuthError {
  const code = sqlState(thrown)
  const said = `${code ? `${code} ` : ''}${(thrown instanceof Error && thrown.message) || faultName(thrown)}`
  const remedy = remedies[faultName(thrown)]?.(address)
  const reason = [`PostgreSQL at ${placeOf(address)}: ${said}`, ...(remedy ? [remedy] : [])].join('. ')
  return new AuthError('unavailable', { retryAfterSeconds: 1, reason, cause: thrown })
}

function placeOf({ host, port }: PostgresAddress): string {
  if (host.startsWith('/')) return host
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
