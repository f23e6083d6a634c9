import type { SessionRow } from '../../store/schema.ts'
import { instantText, isoText } from '../../times.ts'
import { tableText } from '../terminal/table.ts'

/** A session as `--json` prints it; instants are RFC 3339 texts, as in the dashboard's answer. */
export function sessionJson(session: SessionRow, username: string) {
  return {
    id: session.id,
    user_id: session.user_id,
    username,
    device: session.device,
    address: session.address,
    created_at: isoText(session.created_at),
    last_used_at: isoText(session.rotated_at),
    expires_at: isoText(session.expires_at),
  }
}

/** Sessions one a line. */
export function sessionsTable(
  sessions: readonly SessionRow[],
  nameOf: (session: SessionRow) => string,
): string {
  const rows = sessions.map((session) => [
    session.id,
    nameOf(session),
    session.device,
    session.address,
    instantText(session.created_at),
    instantText(session.rotated_at),
  ])
  return tableText([['ID', 'USER', 'DEVICE', 'ADDRESS', 'SINCE', 'LAST USED'], ...rows])
}
