import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openIssuer, until } from '../../packages/guard/test/servers.ts'
import { freePort } from '../../packages/server/test/cli/shell.ts'
import { startExample } from './start.ts'

let issuer: Awaited<ReturnType<typeof openIssuer>>
beforeAll(async () => {
  issuer = await openIssuer()
})
afterAll(() => issuer.stop())

/** An example beside the server, in which bob is of the staff. @returns its address, once it answers */
async function open(name: string): Promise<string> {
  const port = await freePort()
  const env = { PORT: String(port), COUNTERSIGN_URL: issuer.issuer, STAFF: 'bob' }
  const example = await startExample(name, env)
  onTestFinished(() => example.stop())
  const address = `http://127.0.0.1:${port}`
  await example.answers(address)
  return address
}

describe.each(['express-api', 'fastify-api', 'hono-api'])('%s', (name) => {
  test('lets in who is logged in, and refuses him seconds after he has logged out', async () => {
    const address = await open(name)
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
    expect(await ask('/notes', { method: 'POST', headers: note, body: '{"txt":"milk"}' })).toMatchObject([
      400,
      { detail: expect.stringContaining('A note is JSON') },
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

  test('ends where its port is taken, and says so', async () => {
    const { port } = new URL(issuer.issuer)
    const example = await startExample(name, { PORT: port })
    const said = await example.ended()
    expect(said).toContain(`address already in use 127.0.0.1:${port}`)
    expect(said).not.toContain('http://127.0.0.1')
  })
})
