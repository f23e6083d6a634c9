import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { signJwt } from '../../src/tokens/jwt.ts'
import type { TestServer, TokenPair } from '../harness.ts'

/** The claims of a token, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return decode(token.split('.')[1] ?? '')
}

/** The JOSE header of a token. */
export function headerOf(token: string): Record<string, unknown> {
  return decode(token.split('.')[0] ?? '')
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The session's access token again, with claims changed or dropped, signed by the server's own key. */
export function mintAccess(server: TestServer, pair: TokenPair, change: Record<string, unknown>): string {
  return signJwt(server.deployment.keyRing.signer(), { ...claimsOf(pair.access), ...change })
}

/** The token with other claims under its old signature. */
export function withOtherPayload(token: string): string {
  const [header, , signature] = token.split('.')
  return `${header}.${encode({ ...claimsOf(token), username: 'somebody else' })}.${signature}`
}

/** The token with the first character of its signature changed. */
export function withOtherSignature(token: string): string {
  const [header, payload, signature = ''] = token.split('.')
  return `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
}

/** The same header and claims, signed by a key of ours that the server does not know. */
export function signedByStranger(token: string): string {
  const [header, payload] = token.split('.')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
  return `${header}.${payload}.${sign('sha256', Buffer.from(`${header}.${payload}`), key).toString('base64url')}`
}

/** The same claims without a signature. */
export function unsigned(token: string): string {
  return `${encode({ ...headerOf(token), alg: 'none' })}.${token.split('.')[1]}.`
}

/** The same claims under an HMAC whose secret is the token's own public key: the old confusion of key types. */
export function signedByPublicKey(server: TestServer, token: string): string {
  const { kid } = headerOf(token)
  const publicKey = server.deployment.keyRing.published().find((key) => key.kid === kid)
  const input = `${encode({ ...headerOf(token), alg: 'HS512' })}.${token.split('.')[1]}`
  return `${input}.${createHmac('sha512', JSON.stringify(publicKey)).update(input).digest('base64url')}`
}
