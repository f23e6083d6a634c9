// npm install jose
import { createInterface } from 'node:readline'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const { COUNTERSIGN_ISSUER, COUNTERSIGN_AUDIENCE, COUNTERSIGN_JWKS_URI } = process.env

const keys = createRemoteJWKSet(new URL(COUNTERSIGN_JWKS_URI), {
  cacheMaxAge: 300_000,
  cooldownDuration: 10_000,
})

/** The claims of a good access token; throws for every other. */
export async function verifyAccessToken(token) {
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ['ES256', 'EdDSA', 'RS256'],
    typ: 'at+jwt',
    issuer: COUNTERSIGN_ISSUER,
    audience: COUNTERSIGN_AUDIENCE,
    requiredClaims: ['exp', 'sub'],
  })
  if (payload.token_type !== 'access') throw new Error('not an access token')
  return payload
}

for await (const token of createInterface({ input: process.stdin })) {
  try {
    console.log((await verifyAccessToken(token)).username)
  } catch (error) {
    console.log(`refused: ${error.message}`)
    process.exitCode = 1
  }
}
