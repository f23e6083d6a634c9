import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rotateKeys } from '../../src/tokens/key-schedule.ts'
import {
  claimsOf,
  signedByPublicKey,
  signedByStranger,
  unsigned,
  withOtherPayload,
} from '../contract/tokens.ts'
import { bearer, handClock, openTestServer, type TestServer } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { mint } from './legacy/mint.ts'
import { findDjango, type Installed, notInstalled } from './python.ts'
import { type DjangoProject, projectSecret, startDjango } from './start-django.ts'

// A Django API that gives out no tokens and verifies ours with simplejwt, as docs/guides/from-django.md sets it up.

const installed = findDjango() as Installed
const suffix = findDjango() ? '' : ` (${notInstalled})`
const issuer = 'http://127.0.0.1:8000'
const stateless = 'rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication'

const opened: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(opened.map((close) => close()))
})

async function openIssuer(env: Record<string, string>): Promise<{ server: TestServer; address: string }> {
  const shown = { COUNTERSIGN_ISSUER: issuer, COUNTERSIGN_USER_IDS: 'integer', COUNTERSIGN_SIMPLEJWT: '5.2' }
  const server = await openTestServer({ env: { ...shown, ...env }, clock: handClock(Date.now()) })
  opened.push(() => server.close())
  return { server, address: await server.listen() }
}

async function openApi(options: Parameters<typeof startDjango>[1]): Promise<DjangoProject> {
  const project = await startDjango(installed, options)
  opened.push(() => project.stop())
  return project
}

/** What the API says of whoever shows this token. */
async function whoAmI({ address }: DjangoProject, token: string): Promise<{ status: number; body: object }> {
  const answer = await requestOverSocket(address, 'GET', '/api/whoami/', { headers: bearer(token) })
  return { status: answer.status, body: answer.json() as object }
}

describe.skipIf(!findDjango())(`a Django API with JWK_URL${suffix}`, () => {
  describe.each(['ES256', 'RS256'])('%s', (algorithm) => {
    let server: TestServer
    let api: DjangoProject
    beforeAll(async () => {
      const issuing = await openIssuer({ COUNTERSIGN_SIGNING_ALG: algorithm })
      server = issuing.server
      const jwksUrl = `${issuing.address}/.well-known/jwks.json`
      const simpleJwt = { ALGORITHM: algorithm, JWK_URL: jwksUrl, SIGNING_KEY: null }
      api = await openApi({ issuer, simpleJwt, authentication: stateless })
    })

    test('takes our access tokens, and knows the user by his number', async () => {
      const { access } = await server.session('alice')
      expect(await whoAmI(api, access)).toEqual({ status: 200, body: { id: 1, kind: 'TokenUser' } })
    })

    test('T01, T02, T03, T11: refuses what only looks like one', async () => {
      const { access, refresh } = await server.session('mallory')
      const bad = [
        refresh,
        unsigned(access),
        withOtherPayload(access),
        signedByStranger(access),
        signedByPublicKey(server, access),
        mint(claimsOf(access), { secret: projectSecret }),
        'garbage',
      ]
      for (const token of bad) expect((await whoAmI(api, token)).status, token).toBe(401)
    })

    test('finds a key that it has never seen, without a restart', async () => {
      const { keyDeps } = server.deployment
      // The first one only brings forth a key that was published before.
      for (let times = 0; times < 2; times += 1) await rotateKeys(keyDeps, server.clock(), 'at_once')
      const { access } = await server.session('after')
      expect((await whoAmI(api, access)).status).toBe(200)
    })
  })

  test('finds the row of the user, where it still has them; nobody else gets in', async () => {
    const { server, address } = await openIssuer({})
    const jwksUrl = `${address}/.well-known/jwks.json`
    const api = await openApi({ issuer, simpleJwt: { ALGORITHM: 'ES256', JWK_URL: jwksUrl } })
    const { id } = await api.make({ username: 'alice', password: 'correct horse battery' })
    const alice = await server.session('alice')
    expect(await whoAmI(api, alice.access)).toEqual({ status: 200, body: { id, kind: 'User' } })
    const bob = await server.session('bob')
    expect(await whoAmI(api, bob.access)).toMatchObject({ status: 401, body: { code: 'user_not_found' } })
  })
})

describe.skipIf(!findDjango())(`a Django API that knows nothing but the old SECRET_KEY${suffix}`, () => {
  test('goes on with the tokens that are signed with it for a while', async () => {
    const { server } = await openIssuer({
      COUNTERSIGN_DJANGO_SECRET: projectSecret,
      COUNTERSIGN_DJANGO_SIGN: 'true',
      COUNTERSIGN_DJANGO_UNTIL: new Date(Date.now() + 86_400_000).toISOString(),
    })
    const api = await openApi({ authentication: stateless })
    const { access, refresh } = await server.session('alice')
    expect(await whoAmI(api, access)).toEqual({ status: 200, body: { id: 1, kind: 'TokenUser' } })
    expect((await whoAmI(api, refresh)).status).toBe(401)
    expect((await whoAmI(api, withOtherPayload(access))).status).toBe(401)
    expect((await server.get('/api/protected/', bearer(access))).status).toBe(200)
  })
})
