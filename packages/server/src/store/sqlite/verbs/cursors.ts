import type { Verbs } from './verb.ts'

const moveSql = `
  INSERT INTO cursors (name, number) VALUES (@name, @number)
      ON CONFLICT (name) DO UPDATE SET number = excluded.number WHERE cursors.number < excluded.number`

/** The verb about cursors that writes. */
export const cursorVerbs: Verbs<'moveCursor'> = {
  moveCursor(db, input) {
    db.rows(moveSql, input)
  },
}
