import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { launcher, openShell } from '../cli/shell.ts'
import { withRawDatabase } from '../store/raw-database.ts'

const users = 20_000

/** Every hundredth is refused. */
function line(_: unknown, at: number): string {
  const email = at % 100 === 99 ? 'user1@example.com' : `user${at}@example.com`
  const password_hash = `pbkdf2_sha256$260000$salt$${'A'.repeat(43)}=`
  return `${JSON.stringify({ id: `${at + 1}`, username: `user${at}`, email, password_hash, created_at: '2020-01-01T00:00:00Z' })}\n`
}

function stored(file: string): number {
  try {
    return withRawDatabase(file, (db) => {
      const row = db.prepare<[], { rows: number }>('SELECT count(*) AS rows FROM users').get()
      return row?.rows ?? 0
    })
  } catch {
    return 0
  }
}

describe('an import that is killed', () => {
  test(
    'goes on where it stopped, again and again: the end is the same as without',
    { timeout: 300_000 },
    async () => {
      const shell = await openShell()
      const file = join(shell.folder, 'users.ndjson')
      writeFileSync(file, Array.from({ length: users }, line).join(''))
      const whole = await shell.run('countersign import users users.ndjson --data whole --json')
      expect(JSON.parse(whole.stdout)).toEqual({
        ...{ ok: false, dry_run: false },
        counts: { created: users - 200, refused: 200, taken: 200 },
      })

      const database = join(shell.folder, 'killed/countersign.db')
      const args = [launcher, 'import', 'users', file, '--data', join(shell.folder, 'killed')]
      let interrupted = 0
      for (const threshold of [1, 4_000, 9_000]) {
        const child = spawn(process.execPath, args, { env: shell.env, stdio: 'ignore' })
        const ended = once(child, 'exit')
        let isOver = false
        void ended.then(() => {
          isOver = true
        })
        while (!isOver && stored(database) < threshold) await new Promise((resolve) => setTimeout(resolve, 5))
        child.kill('SIGKILL')
        const [, signal] = await ended
        if (signal === 'SIGKILL' && stored(database) < users - 200) interrupted += 1
      }
      expect(interrupted).toBeGreaterThan(0)
      const last = await shell.run(
        'countersign import users users.ndjson --data killed --report rows.ndjson --json',
      )
      expect(last.status).toBe(1)
      const { counts } = JSON.parse(last.stdout) as { counts: Record<string, number> }
      expect((counts.created ?? 0) + (counts.unchanged ?? 0)).toBe(users - 200)
      expect(counts.unchanged).toBeGreaterThan(0)
      expect(readFileSync(join(shell.folder, 'rows.ndjson'), 'utf8').split('\n')).toHaveLength(users + 1)

      for (const data of ['whole', 'killed'])
        await shell.run(`countersign export ${data}.ndjson --data ${data}`)
      const [one, other] = ['whole', 'killed'].map((data) =>
        readFileSync(join(shell.folder, `${data}.ndjson`), 'utf8'),
      )
      expect(one?.split('\n')).toHaveLength(users - 200 + 1)
      expect(other).toBe(one)
    },
  )
})
