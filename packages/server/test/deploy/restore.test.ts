import { describe, expect, onTestFinished, test } from 'vitest'
import { openShell, type Served, type Shell } from '../cli/shell.ts'
import type { TokenPair } from '../harness.ts'

const secret = 'a secret of thirty-two characters or more'
const alice = { username: 'alice', password: 'correct horse battery' }

async function post(shell: Shell, path: string, body: object) {
  const answer = await fetch(`http://127.0.0.1:${shell.port}/api/${path}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, pair: (await answer.json()) as TokenPair }
}

const login = async (shell: Shell) => (await post(shell, 'login', alice)).pair
const refresh = (shell: Shell, { refresh: token }: TokenPair) =>
  post(shell, 'token/refresh', { refresh: token })
const serve = (shell: Shell) => shell.serve(`env COUNTERSIGN_SECRET='${secret}' countersign start`)
const reasonOf = ({ logs }: Served) => (JSON.parse(logs.at(-1) ?? '{}') as { reason?: string }).reason

/** A backup, then a logout and two rotations that it does not know, then the backup again. */
async function restored() {
  const shell = await openShell({ COUNTERSIGN_ISSUER: 'http://127.0.0.1:8000' })
  onTestFinished(() => shell.stopAll())
  const before = await serve(shell)
  await post(shell, 'register', { ...alice, email: 'alice@example.com' })
  const loggedOut = await login(shell)
  const stolen = await login(shell)
  expect((await shell.run('countersign backup copy.db')).status).toBe(0)
  await post(shell, 'logout', { refresh: loggedOut.refresh })
  const { pair: second } = await refresh(shell, stolen)
  const { pair: newest } = await refresh(shell, second)
  expect(await before.stop()).toBe(0)
  await shell.run('rm -f countersign-data/countersign.db-*; cp copy.db countersign-data/countersign.db')
  return { shell, loggedOut, stolen, newest }
}

// docs/guides/backup-and-restore.md says this; it is why a restore ends all sessions.
describe('a restored backup', () => {
  test('refuses the newest token, and takes those of a session that was ended and of a rotation that was made', async () => {
    const { shell, loggedOut, stolen, newest } = await restored()
    const server = await serve(shell)
    expect((await refresh(shell, newest)).status).toBe(401)
    expect(reasonOf(server)).toBe('never_issued')
    expect((await refresh(shell, loggedOut)).status).toBe(200)
    expect((await refresh(shell, stolen)).status).toBe(200)
  })

  test('has no session left after all were ended, and its users log in', async () => {
    const { shell, loggedOut, stolen, newest } = await restored()
    expect((await shell.run('countersign sessions revoke --all')).stdout).toBe('Ended 2 sessions.\n')
    await serve(shell)
    for (const token of [loggedOut, stolen, newest]) expect((await refresh(shell, token)).status).toBe(401)
    expect((await refresh(shell, await login(shell))).status).toBe(200)
  })
})
