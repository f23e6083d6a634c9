import { createHmac, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AlgorithmName } from '../../src/tokens/algorithms.ts'
import { revokeKey, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { handClock, openTestServer, type TestServer } from '../harness.ts'
import { decode, encode, join, partsOf } from '../tokens/workshop.ts'

const issuer = 'https://auth.example.com'
const audience = 'https://api.example.com'
const alice = { username: 'alice', password: 'correct horse battery' }

/** A server that every verifier asks for its keys by a door of its own, which counts. */
export async function openSite() {
  const env = { COUNTERSIGN_ISSUER: issuer, COUNTERSIGN_AUDIENCE: audience }
  const server = await openTestServer({ env, clock: handClock(Date.now()) })
  const address = await server.listen()
  const readings = new Map<string, { count: number; lastAt: number }>()
  const doors = createServer(async (request, response) => {
    const name = request.url ?? ''
    readings.set(name, { count: (readings.get(name)?.count ?? 0) + 1, lastAt: Date.now() })
    const answer = await fetch(`${address}/.well-known/jwks.json`)
    const cacheControl = answer.headers.get('cache-control') ?? ''
    response.writeHead(answer.status, { 'cache-control': cacheControl }).end(await answer.text())
  })
  doors.listen(0, '127.0.0.1')
  await once(doors, 'listening')
  const { port } = doors.address() as AddressInfo
  const { keyDeps } = server.deployment
  return {
    server,
    pair: await server.session(alice.username, alice.password),
    /** what a verifier is told of this server */
    environmentOf: (file: string) => ({
      ...env,
      COUNTERSIGN_JWKS_URI: `http://127.0.0.1:${port}/${file}`,
    }),
    /** how often its keys were asked for, and when last */
    readingsOf: (file: string) => readings.get(`/${file}`) ?? { count: 0, lastAt: 0 },
    /** the next key signs from now on, though it was only just published; the one after it is of this algorithm */
    rotateAtOnce: (algorithm: AlgorithmName) =>
      rotateKeys({ ...keyDeps, algorithm }, server.clock(), 'at_once'),
    revoke: (kid: string) => revokeKey(keyDeps, kid, server.clock()),
    async login() {
      return (await server.post('/api/login/', alice)).json().access as string
    },
    async close() {
      doors.closeAllConnections()
      doors.close()
      await server.close()
    },
  }
}

export type Site = Awaited<ReturnType<typeof openSite>>

/** Tokens that no verifier may take: most are signed by our own key, so that only what is wrong with them can refuse them. */
export async function badTokens({ server, pair }: Site): Promise<[name: string, token: string][]> {
  const good = partsOf(pair.access)
  const header = decode(good.header)
  const claims = decode(good.payload)
  const now = Number(claims.iat)
  const { exp: _, ...endless } = claims
  const signed = (changedHeader: unknown, changedClaims: unknown) => {
    const text = [changedHeader, changedClaims].map((part) => encode(JSON.stringify(part))).join('.')
    return `${text}.${server.deployment.keyRing.signer().sign(text)}`
  }
  const claiming = (change: object) => signed(header, { ...claims, ...change })
  const saying = (change: object) => signed({ ...header, ...change }, claims)
  return [
    ['T08: expired', claiming({ iat: now - 900, exp: now - 1 })],
    ['T08: never expires', signed(header, endless)],
    ['T10: another issuer', claiming({ iss: 'https://auth.example.com/' })],
    ['T10: another audience', claiming({ aud: 'https://www.example.com' })],
    ['T03: alg none', `${encode({ ...header, alg: 'none' })}.${good.payload}.`],
    ['T03: alg none, signed', saying({ alg: 'none' })],
    ...symmetric(server, good.payload).map((token): [string, string] => [
      'T04: HMAC with a public key',
      token,
    ]),
    ['T02: an algorithm that is not that of the key', saying({ alg: 'RS256' })],
    ['T11: a refresh token', pair.refresh],
    ['T11: typ of a refresh token', saying({ typ: 'rt+jwt' })],
    ['T11: typ of any JWT', saying({ typ: 'JWT' })],
    ['T11: kind of a refresh token', claiming({ token_type: 'refresh' })],
    ['T11: the feed of revoked sessions', (await server.get('/.well-known/revoked-sessions')).text],
    ['T01: claims edited', join({ ...good, payload: encode({ ...claims, username: 'root' }) })],
    ['T01: another signature', join({ ...good, signature: changed(good.signature) })],
    ['T01: no signature', join({ ...good, signature: '' })],
    ['T06: a kid that nobody has', saying({ kid: 'x' })],
    ...[7, [], {}].map((kid): [string, string] => [`T06: kid ${JSON.stringify(kid)}`, saying({ kid })]),
    ...[null, [], {}, 7].map((alg): [string, string] => [`T03: alg ${JSON.stringify(alg)}`, saying({ alg })]),
    ...[null, [], 'text', 7].flatMap((odd): [string, string][] => [
      [`a header of ${JSON.stringify(odd)}`, signed(odd, claims)],
      [`claims of ${JSON.stringify(odd)}`, signed(header, odd)],
    ]),
    ['garbage', 'garbage'],
    ['nothing', ''],
  ]
}

/** HMAC with what everyone may read, under a header that says so. */
function symmetric(server: TestServer, payload: string): string[] {
  const jwk = server.deployment.keyRing.published()[0]
  if (!jwk) throw new Error('there is no published key')
  const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
  const text = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: jwk.kid })}.${payload}`
  return [pem, pem.trim(), JSON.stringify(jwk), jwk.x ?? ''].map(
    (secret) => `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`,
  )
}

function changed(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  bytes.writeUInt8(bytes.readUInt8(10) ^ 1, 10)
  return bytes.toString('base64url')
}
