/** What a member of a record may hold. Instants are RFC 3339 texts in the file, epoch milliseconds here. */
type Kind = 'text' | 'flag' | 'instant' | 'texts'

interface Field {
  kind: Kind
  doc: string
  /** it must be there, and may not be null or empty */
  needed?: true
  /** null says that there is none, and so does its absence */
  nullable?: true
  /** what stands for it where it is absent */
  usual?: boolean | string | readonly string[]
  /** characters at the most, of a text or of each of the texts */
  most?: number
}

/** Every member of a user's record: the schema, the reader and the writer all go by this table. */
export const userFields = {
  id: {
    ...{ kind: 'text', needed: true, most: 255 },
    doc: 'What the user is told apart by. It stays the `sub` and `user_id` of his tokens.',
  },
  username: {
    ...{ kind: 'text', needed: true, most: 500 },
    doc: 'As it is shown. No two users may have names that differ in case or in compatible characters only.',
  },
  email: { kind: 'text', usual: '', most: 500, doc: 'Empty where there is none.' },
  email_claimed: {
    ...{ kind: 'flag', usual: true },
    doc: 'False where somebody else has the address: it is shown, and nobody is found by it.',
  },
  email_verified: {
    ...{ kind: 'flag', usual: false },
    doc: 'Whether the user has shown that he reads what is sent to the address.',
  },
  email_verified_at: {
    ...{ kind: 'instant', nullable: true },
    doc: 'When he did. Absent or null: when he joined.',
  },
  password_hash: {
    ...{ kind: 'text', nullable: true, most: 4096 },
    doc: 'In any format that is verified. Null, or a text that begins with `!`: no password, so he must reset it.',
  },
  password_changed_at: { kind: 'instant', nullable: true, doc: 'Null where it is the first one.' },
  is_active: { kind: 'flag', usual: true, doc: 'False: he cannot log in.' },
  is_staff: { kind: 'flag', usual: false, doc: 'As Django has it.' },
  is_superuser: { kind: 'flag', usual: false, doc: 'As Django has it.' },
  first_name: { kind: 'text', usual: '', most: 500, doc: 'As Django has it.' },
  last_name: { kind: 'text', usual: '', most: 500, doc: 'As Django has it.' },
  groups: { kind: 'texts', usual: [], most: 255, doc: 'Names of groups, in any order.' },
  created_at: {
    ...{ kind: 'instant', nullable: true },
    doc: 'When he joined. Absent or null: when he was imported.',
  },
  last_login: { kind: 'instant', nullable: true, doc: 'Null: never.' },
} as const satisfies Readonly<Record<string, Field>>

/** Every member of a session, all of them needed; only live ones are exported. */
export const sessionFields = {
  id: { kind: 'text', needed: true, most: 36, doc: 'A UUID, the `sid` of its tokens.' },
  generation: { kind: 'number', needed: true, doc: 'Of the current refresh token, 0 at the login.' },
  created_at: { kind: 'instant', needed: true, doc: 'The login.' },
  rotated_at: { kind: 'instant', needed: true, doc: 'The last refresh, or the login.' },
  expires_at: { kind: 'instant', needed: true, doc: 'When the current refresh token ends.' },
  ends_at: { kind: 'instant', needed: true, doc: 'The hard cap.' },
  device: { kind: 'text', usual: '', most: 500, doc: 'What it was opened on.' },
  address: { kind: 'text', usual: '', most: 100, doc: 'Where it was opened from.' },
  idempotency_digest: {
    ...{ kind: 'text', nullable: true, most: 32 },
    doc: 'Digest of the last idempotency key, 16 bytes in hexadecimal digits.',
  },
} as const satisfies Readonly<Record<string, Omit<Field, 'kind'> & { kind: Kind | 'number' }>>

/** Either table, as those see it who go through it. */
export type FieldTable = Readonly<Record<string, Omit<Field, 'kind'> & { kind: Kind | 'number' }>>

type Held = { text: string; flag: boolean; instant: number; texts: readonly string[]; number: number }
type ValueOf<F> = F extends { kind: infer K extends keyof Held }
  ? F extends { nullable: true }
    ? Held[K] | null
    : Held[K]
  : never

/** A session as it travels with its user. */
export type SessionRecord = {
  readonly [Name in keyof typeof sessionFields]: ValueOf<(typeof sessionFields)[Name]>
}

/** A user as he travels: what every reader makes and the writer takes. Instants are epoch milliseconds. */
export type UserRecord = {
  readonly [Name in keyof typeof userFields]: ValueOf<(typeof userFields)[Name]>
} & {
  readonly sessions: readonly SessionRecord[]
}
