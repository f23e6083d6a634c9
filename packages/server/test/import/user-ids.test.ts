import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readRecords } from '../../src/import/read-records.ts'
import { openShell } from '../cli/shell.ts'
import { bearer, openTestServer } from '../harness.ts'
import { sampleUser } from '../store/samples.ts'
import { bytesOf, runImport } from './run.ts'

const integers = { COUNTERSIGN_USER_IDS: 'integer' }

describe('with integers for ids', () => {
  test('new users count on from the highest number that was imported', async () => {
    const server = await openTestServer({ env: integers })
    onTestFinished(() => server.close())
    const { post, get, deployment } = server
    const register = async (username: string) =>
      (
        await post('/api/register/', {
          username,
          email: `${username}@example.com`,
          password: 'correct horse battery',
        })
      ).json()
    expect(await register('first')).toMatchObject({ id: '1' })
    const lines = ['41', '7', '0199', 'x9'].map((id) => `${JSON.stringify({ id, username: `user-${id}` })}\n`)
    await runImport(deployment.store, readRecords(bytesOf(lines.join(''))))
    expect(await register('second')).toMatchObject({ id: '42' })
    expect((await register('second')).id).toBeUndefined()
    const { access } = await server.session('third')
    const me = (await get('/api/me/', bearer(access))).json()
    expect(me.id).toMatch(/^4[34]$/)
    const claims = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString())
    expect(claims.sub).toBe(me.id)
  })

  test('a number that somebody brought along after it was given out is left to him', async () => {
    const server = await openTestServer({ env: integers })
    onTestFinished(() => server.close())
    await server.deployment.store.createUser(sampleUser({ id: '1' }))
    const alice = { username: 'alice', email: 'alice@example.com', password: 'correct horse battery' }
    const answer = await server.post('/api/register/', alice)
    expect([answer.status, answer.json().id]).toEqual([201, '2'])
  })

  test('of 20 who register at once each has a number of his own', async () => {
    const server = await openTestServer({ env: integers })
    onTestFinished(() => server.close())
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        server.post('/api/register/', {
          username: `user${at}`,
          email: `u${at}@example.com`,
          password: 'correct horse battery',
        }),
      ),
    )
    const ids = answers.map((answer) => Number(answer.json().id)).sort((a, b) => a - b)
    expect(ids).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
  })

  test('the command line gives them too', async () => {
    const shell = await openShell({ ...integers, COUNTERSIGN_DATA: join('data') })
    onTestFinished(() => shell.stopAll())
    const made = await shell.run(`
      countersign users create alice --password-stdin <<< 'correct horse battery'
      COUNTERSIGN_SUPERUSER_PASSWORD='correct horse battery' countersign createsuperuser --username root --email '' --noinput`)
    expect(made.stdout).toBe('Created alice, id 1.\nCreated superuser root, id 2.\n')
  })
})

test('without the setting they are UUIDs, whatever was imported', async () => {
  const server = await openTestServer()
  onTestFinished(() => server.close())
  await runImport(server.deployment.store, readRecords(bytesOf('{"id":"41","username":"imported"}')))
  const answer = await server.post('/api/register/', {
    username: 'a',
    email: 'a@example.com',
    password: 'correct horse battery',
  })
  expect(answer.json().id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
})
