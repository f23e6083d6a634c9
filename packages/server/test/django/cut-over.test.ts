import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShell, type Shell } from '../cli/shell.ts'
import { claimsOf } from '../contract/tokens.ts'
import { bearer, type TokenPair, testSecret } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { findDjango, type Installed, notInstalled } from './python.ts'
import { type DjangoProject, startDjango } from './start-django.ts'

// The day of the move: users and tokens of a real Django project with simplejwt, on a server of ours.

const installed = findDjango() as Installed
const suffix = findDjango() ? '' : ` (${notInstalled})`
const password = 'correct horse battery'
const hashers = ['pbkdf2_sha256', 'pbkdf2_sha1', 'argon2', 'bcrypt_sha256', 'bcrypt', 'sha1']

type Pair = Pick<TokenPair, 'access' | 'refresh'>

async function post(address: string, path: string, body: object): Promise<{ status: number; body: Pair }> {
  const answer = await requestOverSocket(address, 'POST', path, { body })
  return { status: answer.status, body: answer.json() as Pair }
}

/** A client that goes on where it is told to: it keeps the pair that it was given last. */
async function refreshed(address: string, { refresh }: Pair): Promise<Pair> {
  const answer = await post(address, '/api/token/refresh/', { refresh })
  expect(answer).toMatchObject({ status: 200 })
  return answer.body
}

describe.skipIf(!findDjango())(`the cut-over from a real Django${suffix}`, () => {
  let django: DjangoProject
  let shell: Shell
  let ours: string
  const ids = new Map<string, number>()
  /** what clients hold on that day */
  const held: Record<string, Pair> = {}

  const logIn = async (address: string, username: string) =>
    (await post(address, '/api/token/', { username, password })).body

  async function fillProject(): Promise<void> {
    for (const hasher of hashers) {
      const made = await django.make({
        username: `by_${hasher}`,
        email: `${hasher}@example.com`,
        password,
        hasher,
      })
      ids.set(`by_${hasher}`, made.id)
    }
    await django.make({ username: 'no_password', password: null })
    const gone = await django.make({ username: 'gone', password })
    held.fresh = await logIn(django.address, 'by_argon2')
    held.once = await refreshed(django.address, await logIn(django.address, 'by_bcrypt'))
    held.spent = await refreshed(django.address, await logIn(django.address, 'by_bcrypt'))
    held.twice = await refreshed(django.address, held.spent)
    held.loggedOut = await logIn(django.address, 'by_argon2')
    await post(django.address, '/api/token/blacklist/', { refresh: held.loggedOut.refresh })
    held.gone = await logIn(django.address, 'gone')
    await django.disable(gone.id)
  }

  beforeAll(async () => {
    django = await startDjango(installed, { hashing: 'as_in_production' })
    await fillProject()
    const port = { COUNTERSIGN_ISSUER: 'http://127.0.0.1:8000', COUNTERSIGN_SECRET: testSecret }
    const move = {
      COUNTERSIGN_SIMPLEJWT: '5.2',
      COUNTERSIGN_USER_IDS: 'integer',
      COUNTERSIGN_DJANGO_SECRET: django.secret,
      COUNTERSIGN_DJANGO_UNTIL: new Date(Date.now() + 8 * 86_400_000).toISOString(),
    }
    shell = await openShell({ ...port, ...move })
    const command = `countersign import django --from sqlite:${django.database} --allow-weak`
    expect(await shell.run(command)).toMatchObject({ status: 0, stderr: '' })
    await shell.serve('countersign start')
    ours = `http://127.0.0.1:${shell.port}`
  }, 120_000)
  afterAll(async () => {
    await Promise.all([shell?.stopAll(), django?.stop()])
  })

  test.each(
    hashers,
  )('P02: whoever had a password by %s logs in with it, under the same number', async (hasher) => {
    const name = `by_${hasher}`
    const { access } = await logIn(ours, name)
    expect(claimsOf(access)).toMatchObject({ user_id: ids.get(name), username: name })
    expect((await post(ours, '/api/token/', { username: name, password: 'wrong' })).status).toBe(401)
  })

  test('after their logins all hashes are of one kind', async () => {
    const { stdout } = await shell.run('countersign users hashes')
    expect(stdout).toMatch(/^argon2id +\S+ +6 /m)
    // Of whoever was disabled: he never comes.
    expect(stdout).toMatch(/^pbkdf2_sha256 .* 1 /m)
    expect(stdout).not.toMatch(/bcrypt|sha1/)
  })

  test('whoever had no password, or was disabled, does not get in', async () => {
    for (const username of ['no_password', 'gone']) {
      expect((await post(ours, '/api/token/', { username, password })).status).toBe(401)
    }
    expect((await post(ours, '/api/token/refresh/', { refresh: held.gone?.refresh })).status).toBe(401)
  })

  test.each([
    ['logged in', 'fresh'],
    ['refreshed once', 'once'],
    ['refreshed twice', 'twice'],
  ])('a client that %s at Django refreshes here, and goes on', async (_, which) => {
    const first = await refreshed(ours, held[which] as Pair)
    const second = await refreshed(ours, first)
    for (const { access } of [first, second]) {
      const answer = await requestOverSocket(ours, 'GET', '/api/protected/', { headers: bearer(access) })
      expect(answer.status).toBe(200)
    }
  })

  test.each([
    ['was exchanged for another', 'spent'],
    ['was logged out', 'loggedOut'],
  ])('S02: a token that %s at Django is refused here', async (_, which) => {
    expect(await post(ours, '/api/token/refresh/', { refresh: held[which]?.refresh })).toMatchObject({
      status: 401,
      body: { detail: 'Token is blacklisted' },
    })
  })

  test('whoever comes new gets a number that nobody has', async () => {
    const body = { username: 'newcomer', email: 'newcomer@example.com', password: 'a quiet harbour' }
    const answer = await requestOverSocket(ours, 'POST', '/api/register/', { body })
    expect(answer.json()).toMatchObject({ id: '9' })
  })

  test('back at Django everything is as it was on that day', async () => {
    for (const name of ids.keys())
      expect((await logIn(django.address, name)).access, name).toBeTypeOf('string')
  })
})
