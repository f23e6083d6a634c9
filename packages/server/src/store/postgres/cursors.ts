import type { Store } from '../store.ts'
import type { Connections } from './pool/connections.ts'
import { statement } from './pool/statement.ts'

const read = statement('read_cursor', 'SELECT number FROM cursors WHERE name = @name')

const move = statement(
  'move_cursor',
  `INSERT INTO cursors (name, number) VALUES (@name, @number)
       ON CONFLICT (name) DO UPDATE SET number = excluded.number WHERE cursors.number < excluded.number`,
)

/** The verbs about cursors. */
export function cursorVerbs(db: Connections): Pick<Store, 'readCursor' | 'moveCursor'> {
  return {
    readCursor: async (name) => (await db.rows<{ number: number }>(read, { name }))[0]?.number,
    async moveCursor(input) {
      await db.rows(move, input)
    },
  }
}
