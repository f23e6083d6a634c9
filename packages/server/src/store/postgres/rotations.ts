import { AuthError } from '../../errors.ts'
import type { HeldSession, RotateSessionInput } from '../port/sessions.ts'
import type { SessionRow } from '../schema.ts'
import type { Connections } from './pool/connections.ts'
import { statement } from './pool/statement.ts'

const columns = [
  ...['id', 'user_id', 'generation', 'created_at', 'rotated_at', 'expires_at', 'ends_at', 'device'],
  ...['address', 'revoked_at', 'revoked_reason', 'idempotency_digest'],
]
  .map((name) => `sessions.${name}`)
  .join(', ')

/** The user's row is looked up for each session that matches, never the other way round, whatever the planner knows. */
const userIsActive = '(SELECT is_active FROM users WHERE users.id = sessions.user_id) = 1'
const returned = `${columns}, (SELECT username FROM users WHERE users.id = sessions.user_id) AS username, 1 AS is_active`

/** The whole of a refresh: one statement, one round trip, one commit. */
export const rotateOne = statement(
  'rotate_session',
  `UPDATE sessions
      SET generation = generation + 1, rotated_at = @now, idempotency_digest = @idempotencyDigest,
          expires_at = CASE WHEN ends_at < @expiresAt THEN ends_at ELSE @expiresAt END
    WHERE id = @sessionId AND generation = @generation AND revoked_at IS NULL AND expires_at > @now
      AND ${userIsActive}
   RETURNING ${returned}`,
)

/** The same for many: what is asked of each is a row of the arrays. */
const rotateMany = statement(
  'rotate_sessions',
  `UPDATE sessions
      SET generation = sessions.generation + 1, rotated_at = asked.now, idempotency_digest = asked.digest,
          expires_at = CASE WHEN ends_at < asked.expires_at THEN ends_at ELSE asked.expires_at END
     FROM unnest(@ids::text[], @generations::bigint[], @nows::bigint[], @ends::bigint[], @digests::bytea[])
            AS asked (id, generation, now, expires_at, digest)
    WHERE sessions.id = asked.id AND sessions.generation = asked.generation AND revoked_at IS NULL
      AND sessions.expires_at > asked.now AND ${userIsActive}
   RETURNING ${returned}`,
)

/** A session together with what decides about its user, as a statement returns it. */
export type HeldRow = SessionRow & { username: string | null; is_active: number | null }

/** @returns the row in the words of the port */
export function heldOf({ username, is_active, ...session }: HeldRow): HeldSession {
  return { session, username: username ?? '', userIsActive: is_active === 1 }
}

interface Waiting {
  input: RotateSessionInput
  resolve: (row: HeldRow | undefined) => void
  reject: (reason: unknown) => void
}

/** While one statement commits, the next is under way; more would only share less. */
const mostStatements = 2

/** How many sessions a statement moves at the most: it bounds what one that is held up holds up with it. */
const mostRows = 64

/**
 * Rotations share statements, and so round trips and commits: what arrives while others are under way goes together
 * with the next. One that comes alone goes at once, and alone.
 * @returns a function that resolves to the rotated row after its commit, to undefined where nothing matched
 */
export function shareRotations(db: Connections): (input: RotateSessionInput) => Promise<HeldRow | undefined> {
  const waiting = new Set<Waiting>()
  let running = 0

  /** A session stands in a statement once: of two that ask for it the second finds it moved. */
  function take(): Waiting[] {
    const batch = new Map<string, Waiting>()
    for (const one of waiting) {
      if (batch.size === mostRows) break
      if (batch.has(one.input.sessionId)) continue
      batch.set(one.input.sessionId, one)
      waiting.delete(one)
    }
    return [...batch.values()]
  }

  async function drain(): Promise<void> {
    running += 1
    while (waiting.size > 0) await settle(db, take(), giveUp)
    running -= 1
  }

  /** What waits behind a database that is away would wait for its turn only to hear the same. */
  function giveUp(thrown: AuthError): void {
    for (const { reject } of waiting) reject(thrown)
    waiting.clear()
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.add({ input, resolve, reject })
      if (running < mostStatements) void drain()
    })
}

/** All or nothing of it is committed, so all hear the same failure. */
async function settle(
  db: Connections,
  batch: readonly Waiting[],
  whenAway: (thrown: AuthError) => void,
): Promise<void> {
  try {
    const rows = await rotate(
      db,
      batch.map(({ input }) => input),
    )
    const byId = new Map(rows.map((row) => [row.id, row]))
    for (const { input, resolve } of batch) resolve(byId.get(input.sessionId))
  } catch (thrown) {
    for (const { reject } of batch) reject(thrown)
    if (thrown instanceof AuthError) whenAway(thrown)
  }
}

function rotate(db: Connections, inputs: readonly RotateSessionInput[]): Promise<HeldRow[]> {
  const [first] = inputs
  if (first && inputs.length === 1) return db.rows<HeldRow>(rotateOne, first)
  return db.rows<HeldRow>(rotateMany, {
    ids: inputs.map(({ sessionId }) => sessionId),
    generations: inputs.map(({ generation }) => generation),
    nows: inputs.map(({ now }) => now),
    ends: inputs.map(({ expiresAt }) => expiresAt),
    digests: inputs.map(({ idempotencyDigest }) => idempotencyDigest && Buffer.from(idempotencyDigest)),
  })
}
