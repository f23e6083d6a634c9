import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bearer, type TokenPair } from '../harness.ts'
import { openShell } from './shell.ts'

/** A server with a user on it who has logged in. */
async function served() {
  const shell = await openShell()
  onTestFinished(() => shell.stopAll())
  await shell.serve('countersign dev')
  const post = (path: string, body: object) =>
    fetch(`http://127.0.0.1:${shell.port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const alice = { username: 'alice', password: 'correct horse battery' }
  await post('/api/register/', { ...alice, email: 'alice@example.com' })
  const { access, refresh } = (await (await post('/api/login/', alice)).json()) as TokenPair
  const visit = () => fetch(`http://127.0.0.1:${shell.port}/api/protected/`, { headers: bearer(access) })
  expect((await visit()).status).toBe(200)
  return { ...shell, post, visit, alice, refresh }
}

type Served = Awaited<ReturnType<typeof served>>

/** It takes a second at the most; a loaded machine gets more time, and the poll notices soon enough. */
async function refused({ visit, post, refresh }: Served): Promise<string> {
  const answer = await post('/api/token/refresh/', { refresh })
  expect(answer.status).toBe(401)
  return vi.waitFor(
    async () => {
      const visited = await visit()
      expect(visited.status).toBe(401)
      return visited.text()
    },
    { timeout: 20_000, interval: 50 },
  )
}

describe('a command beside a running server', () => {
  test.each([
    { command: 'users disable alice', says: 'Disabled alice. One session ended.\n', answer: 'user_inactive' },
    {
      command: 'users delete alice --yes',
      says: 'Deleted alice. One session ended.\n',
      answer: 'user_not_found',
    },
    {
      command: "users set-password alice --password-stdin <<< 'quiet river stone'",
      says: 'Changed the password of alice. One session ended.\n',
      answer: 'token_not_valid',
    },
    {
      command: 'sessions revoke --user alice',
      says: 'Ended one session of alice.\n',
      answer: 'token_not_valid',
    },
  ])('$command reaches it', async ({ command, says, answer }) => {
    const server = await served()
    const { status, stdout, stderr } = await server.run(`countersign ${command}`)
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: says, stderr: '' })
    expect(await refused(server)).toContain(`"code":"${answer}"`)
  })

  test('a disabled user gets in again once he is enabled', async () => {
    const { run, post, alice } = await served()
    await run('countersign users disable alice')
    expect((await post('/api/login/', alice)).status).toBe(401)
    await run('countersign users enable alice')
    expect((await post('/api/login/', alice)).status).toBe(200)
  })

  test('a revoked key verifies nothing any more', async () => {
    const { run, visit, port } = await served()
    const kid = /[\w-]{43}(?= +ES256 +current)/.exec((await run('countersign keys list')).stdout)?.[0]
    const { stdout } = await run(`countersign keys revoke --yes -- ${kid?.slice(0, 8)}`)
    expect(stdout).toBe(`Revoked ${kid}: no token it signed is good any more.\n`)
    await vi.waitFor(async () => expect((await visit()).status).toBe(401), { timeout: 20_000 })
    const jwks = await (await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`)).text()
    expect(jwks).not.toContain(kid)
  })

  test('a backup is whole while the server writes', async () => {
    const { run, post, alice } = await served()
    let writing = true
    const writes = (async () => {
      while (writing) await post('/api/login/', alice)
    })()
    const { status } = await run('countersign backup copy.db')
    writing = false
    await writes
    expect(status).toBe(0)
    const { stdout } = await run('DATABASE_URL=sqlite:copy.db countersign doctor | grep database')
    expect(stdout).toBe('✓  database     sound\n')
  })
})
