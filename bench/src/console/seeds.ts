import { systemClock } from '../../../packages/server/src/clock.ts'
import { type Dialect, hash, idsIn } from '../seeds.ts'

export interface Crowd {
  users: number
  /** one each of every other user, none of whom is disabled; what refreshes */
  sessions: number
  /** in the trail */
  events: number
  /** of the owner, who administrates */
  ownerHash: string
}

export const owner = 'the-owner'

const minuteMs = 60_000
const dayMs = 86_400_000

/**
 * Users as a list meets them: one in a hundred is disabled, one in a thousand staff, one in ten thousand has a role, one
 * in ten no address, and of all but a few the address is proven. Nobody registered in the order of his name or address.
 */
export function crowd({ users, sessions, events, ownerHash }: Crowd): (dialect: Dialect) => string[] {
  return (dialect) => [
    usersSql(dialect, users),
    `INSERT INTO users (id, username, username_canonical, email, password_hash, is_active, is_staff, is_superuser,
                        created_at, admin_role)
     VALUES ('owner', '${owner}', '${owner}', '', '${ownerHash}', 1, 1, 1, ${systemClock()}, 'owner')`,
    sessionsSql(dialect, sessions),
    eventsSql(dialect, events),
    `UPDATE audit_chain SET last_number = ${events}, last_chain = ${dialect.bytes}`,
  ]
}

function usersSql(dialect: Dialect, users: number): string {
  const now = systemClock()
  const address = `CASE WHEN n % 10 = 0 THEN NULL ELSE 'mail' || (n * 7919 % ${users}) || '@example.com' END`
  return `
    INSERT INTO users (id, username, username_canonical, email, email_canonical, password_hash, is_active, is_staff,
                       is_superuser, created_at, last_login_at, email_verified_at, admin_role)
    SELECT ${idsIn(dialect).user('n')}, 'user' || n, 'user' || n, coalesce(${address}, ''), ${address}, '${hash}',
           CASE WHEN n % 100 = 0 THEN 0 ELSE 1 END, CASE WHEN n % 1000 = 0 THEN 1 ELSE 0 END, 0,
           ${now} - (n * 31 % ${users} + 1) * ${minuteMs}, ${now}, CASE WHEN n % 100000 = 0 THEN NULL ELSE ${now} END,
           CASE WHEN n % 10000 = 0 THEN 'support' END
      FROM ${dialect.series(users)}`
}

function sessionsSql(dialect: Dialect, sessions: number): string {
  const [ids, now] = [idsIn(dialect), systemClock()]
  return `
    INSERT INTO sessions (id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address)
    SELECT ${ids.session('n')}, ${ids.user('(n * 2 - 1)')}, 0, ${now}, ${now}, ${now + 7 * dayMs}, ${now + 90 * dayMs},
           'Chrome 141, Linux', '203.0.113.' || (n % 250)
      FROM ${dialect.series(sessions)}`
}

function eventsSql(dialect: Dialect, events: number): string {
  return `
    INSERT INTO audit_events (number, id, happened_at, event, result, request_id, user_id, personal, personal_salt,
                              personal_digest, chain)
    SELECT n, 'event' || n, ${systemClock()} - (${events} - n) * 1000, 'auth.login.succeeded', 'ok', 'request' || n,
           ${idsIn(dialect).user('n')}, '{"client_ip":"203.0.113.7","device":"Chrome 141, Linux"}', ${dialect.bytes},
           ${dialect.bytes}, ${dialect.bytes}
      FROM ${dialect.series(events)}`
}
