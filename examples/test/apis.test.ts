import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openIssuer, until } from '../../packages/guard/test/servers.ts'
import { freePort } from '../../packages/server/test/cli/shell.ts'

const root = join(import.meta.dirname, '../..')

let issuer: Awaited<ReturnType<typeof openIssuer>>
beforeAll(async () => {
  issuer = await openIssuer()
})
afterAll(() => issuer.stop())

/** An example, started as its page says, in a group of processes of its own; resolves once it answers. */
async function start(folder: string): Promise<string> {
  const port = await freePort()
  const child = spawn('npm', ['start', '--workspace', `examples/${folder}`], {
    cwd: root,
    detached: true,
    env: { ...process.env, PORT: String(port), COUNTERSIGN_URL: issuer.issuer, STAFF: 'bob' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const talk = text(child.stderr)
  let isRunning = true
  const ended = once(child, 'close').finally(() => {
    isRunning = false
  })
  const stop = () => process.kill(-(child.pid ?? 0), 'SIGKILL')
  const stopWithUs = () => {
    stop()
    process.exit(1)
  }
  process.once('SIGTERM', stopWithUs)
  onTestFinished(async () => {
    process.off('SIGTERM', stopWithUs)
    if (isRunning) stop()
    await ended
  })
  const address = `http://127.0.0.1:${port}`
  await until(async () => {
    if (!isRunning) throw new Error(`npm start ended: ${await talk}`)
    return fetch(address).then(
      () => true,
      () => false,
    )
  }, 50_000)
  return address
}

describe.each(['express-api', 'fastify-api', 'hono-api'])('%s', (folder) => {
  test('lets in who is logged in, and refuses him seconds after he has logged out', async () => {
    const address = await start(folder)
    const { access, refresh } = await issuer.login()
    const ask = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(`${address}${path}`, init)
      return [answer.status, (await answer.json()) as object] as const
    }
    const authorization = `Bearer ${access}`
    const note = { authorization, 'content-type': 'application/json' }
    expect(await ask('/')).toEqual([200, { message: 'Everybody may read this.' }])
    expect(await ask('/notes')).toMatchObject([401, { code: 'no_token' }])
    expect(await ask('/notes', { headers: { authorization } })).toEqual([
      200,
      { username: 'alice', notes: [] },
    ])
    expect(await ask('/notes', { method: 'POST', headers: note, body: '{"text":"milk"}' })).toEqual([
      201,
      { notes: ['milk'] },
    ])
    expect(await ask('/report', { headers: { authorization } })).toMatchObject([
      403,
      { code: 'insufficient_scope' },
    ])
    const bob = await issuer.login('bob')
    expect(await ask('/report', { headers: { authorization: `Bearer ${bob.access}` } })).toEqual([
      200,
      { users: 1, notes: 1 },
    ])
    await issuer.logout(refresh)
    await until(async () => (await ask('/notes', { headers: { authorization } }))[0] === 401)
    expect(await ask('/notes', { headers: { authorization } })).toMatchObject([401, { code: 'revoked' }])
  })
})
