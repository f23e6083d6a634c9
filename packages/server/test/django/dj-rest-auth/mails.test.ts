import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { letterTo } from '../../accounts/mailbox.ts'
import type { TestServer } from '../../harness.ts'
import { newPerson, openProfile, type Person, password, prefix } from './people.ts'

let server: TestServer
beforeAll(async () => {
  server = await openProfile({
    env: {
      COUNTERSIGN_EMAIL_VERIFICATION: 'optional',
      COUNTERSIGN_DJ_REST_AUTH_RESET_URL: 'https://app.example.com/#/reset/{uid}/{token}',
      COUNTERSIGN_DJ_REST_AUTH_VERIFY_URL: 'https://app.example.com/verify?key={key}',
    },
  })
})
afterAll(() => server.close())

const twice = { new_password1: 'a quiet harbour', new_password2: 'a quiet harbour' }

async function resetLink({ email }: Person): Promise<{ uid: string; token: string }> {
  expect((await server.post(`${prefix}password/reset/`, { email })).status).toBe(200)
  const { text } = await letterTo(server, email, 'reset_password')
  const [, uid = '', token = ''] = /https:\/\/app\.example\.com\/#\/reset\/([^/\s]+)\/(\S+)/.exec(text) ?? []
  return { uid, token }
}

function confirm(body: object) {
  return server.post(`${prefix}password/reset/confirm/`, { ...twice, ...body })
}

describe('a mail for a new password', () => {
  test('leads to the page of the front end, whose secrets are good once', async () => {
    const person = await newPerson(server)
    const link = await resetLink(person)
    expect(Buffer.from(link.uid, 'base64url').toString()).toBe(person.id)
    const answer = await confirm(link)
    expect([answer.status, answer.json()]).toEqual([
      200,
      { detail: 'Password has been reset with the new password.' },
    ])
    expect((await server.get(`${prefix}user/`, person.headers)).status).toBe(401)
    const again = await confirm(link)
    expect([again.status, again.json()]).toEqual([400, { token: ['Invalid value'] }])
    const body = { username: person.username, password: twice.new_password1 }
    expect((await server.post(`${prefix}login/`, body)).status).toBe(200)
  })

  test('is for its own user only, and a wrong guess uses nothing up', async () => {
    const [person, other] = [await newPerson(server), await newPerson(server)]
    const { uid, token } = await resetLink(person)
    const others = Buffer.from(other.id).toString('base64url')
    expect((await confirm({ uid: others, token })).json()).toEqual({ token: ['Invalid value'] })
    expect((await confirm({ uid, token: `${token}x` })).json()).toEqual({ token: ['Invalid value'] })
    expect((await confirm({ uid: `${uid}=`, token })).json()).toEqual({ uid: ['Invalid value'] })
    const weak = await confirm({ uid, token, new_password1: '4815162', new_password2: '4815162' })
    expect(weak.json()).toMatchObject({
      new_password2: [expect.stringContaining('too short'), expect.any(String)],
    })
    expect((await server.post(`${prefix}login/`, { username: other.username, password })).status).toBe(200)
    expect((await confirm({ uid, token })).status).toBe(200)
  })

  test('a key for an address is none for a password', async () => {
    const person = await newPerson(server)
    const uid = Buffer.from(person.id).toString('base64url')
    const token = await keyOf(person)
    expect((await confirm({ uid, token })).json()).toEqual({ token: ['Invalid value'] })
  })
})

async function keyOf({ email }: Person): Promise<string> {
  const { text } = await letterTo(server, email, 'verify_email')
  return /https:\/\/app\.example\.com\/verify\?key=(\S+)/.exec(text)?.[1] ?? ''
}

describe('a mail for the proof of an address', () => {
  test('leads to the page of the front end, whose key is good once', async () => {
    const person = await newPerson(server)
    const key = await keyOf(person)
    const answer = await server.post(`${prefix}registration/verify-email/`, { key })
    expect([answer.status, answer.json()]).toEqual([200, { detail: 'ok' }])
    const user = await server.deployment.store.findUserById(person.id)
    expect(user?.email_verified_at).toBe(server.clock())
    const again = await server.post(`${prefix}registration/verify-email/`, { key })
    expect([again.status, again.json()]).toEqual([404, { detail: 'Not found.' }])
  })

  test('can be asked for once more,', async () => {
    const person = await newPerson(server)
    const first = await keyOf(person)
    server.clock.advance(1_000)
    await server.post(`${prefix}registration/resend-email/`, { email: person.email })
    const next = await keyOf(person)
    expect(next).not.toBe(first)
    expect((await server.post(`${prefix}registration/verify-email/`, { key: next })).status).toBe(200)
  })
})

test('without those settings mails lead to our own pages', async () => {
  const plain = await openProfile()
  const { email } = await newPerson(plain)
  await plain.post(`${prefix}password/reset/`, { email })
  expect((await letterTo(plain, email, 'reset_password')).path).toMatch(/^\/account\/reset\?token=/)
  await plain.close()
})
