/** The tables, as Kysely sees them: one description for every database. Instants are epoch milliseconds, flags 0 or 1. */
export interface Database {
  users: UsersTable
  sessions: SessionsTable
  signing_keys: SigningKeysTable
  leases: LeasesTable
  migrations: MigrationsTable
}

export interface UsersTable {
  id: string
  /** as the user writes it, in NFKC */
  username: string
  /** the form in which it is unique */
  username_canonical: string
  /** empty where the user gave none */
  email: string
  /** the form in which it is unique; null where there is none */
  email_canonical: string | null
  /** PHC string, or a Django-style one until the next login */
  password_hash: string
  is_active: number
  is_staff: number
  is_superuser: number
  created_at: number
  last_login_at: number | null
}

export interface SessionsTable {
  id: string
  /** null once the user was deleted */
  user_id: string | null
  /** number of the current refresh token; 0 at login */
  generation: number
  created_at: number
  rotated_at: number
  /** when the current refresh token ends */
  expires_at: number
  /** the hard cap, however often it is refreshed */
  ends_at: number
  device: string
  address: string
  revoked_at: number | null
  revoked_reason: string | null
  /** digest of the idempotency key of the last rotation, 16 bytes */
  idempotency_digest: Uint8Array | null
}

export interface SigningKeysTable {
  /** RFC 7638 thumbprint */
  kid: string
  algorithm: string
  state: string
  /** public JWK, JSON text */
  public_jwk: string
  /** encrypted PKCS#8; null once the key can no longer sign */
  private_sealed: Uint8Array | null
  created_at: number
  activated_at: number | null
  /** when a retiring key's last token has expired */
  retires_at: number | null
}

export interface LeasesTable {
  /** of the work */
  name: string
  /** the process that does it until then */
  holder: string
  expires_at: number
}

export interface MigrationsTable {
  id: string
  applied_at: number
  serves_from: number | null
}
