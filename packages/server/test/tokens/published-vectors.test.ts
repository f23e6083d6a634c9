import { createHash, createHmac, createPrivateKey, createPublicKey, timingSafeEqual } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect, test } from 'vitest'
import { algorithms } from '../../src/tokens/algorithms.ts'
import { verifyJwt } from '../../src/tokens/jwt.ts'
import { power } from './p256.ts'
import { partsOf } from './workshop.ts'

function big(text: string): bigint {
  return BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`)
}

function small(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url')
}

function publicKeyOf(jwk: Record<string, string>) {
  return createPublicKey({ key: jwk, format: 'jwk' })
}

function pieces(token: string) {
  const { header, payload, signature } = partsOf(token)
  return { input: Buffer.from(`${header}.${payload}`), signature: Buffer.from(signature, 'base64url') }
}

/** The payload of all three examples of RFC 7515, with its line breaks. */
const payload =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
const claims = { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true }

describe('RFC 7515 appendix A.1, HS256', () => {
  const key = Buffer.from(
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    'base64url',
  )
  const header = 'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9'
  const token = `${header}.${payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`
  const verifier = {
    verify(input: string, signature: string) {
      const expected = Buffer.from(createHmac('sha256', key).update(input).digest('base64url'))
      return expected.length === signature.length && timingSafeEqual(expected, Buffer.from(signature))
    },
  }

  test('the compact form is taken apart as the example has it', () => {
    expect(verifyJwt(token, new Map([[header, verifier]]))).toEqual(claims)
  })

  test('and the same token under a header that is not ours is not looked at', () => {
    expect(verifyJwt(token, new Map())).toBeUndefined()
  })
})

describe('RFC 7515 appendix A.2, RS256', () => {
  const p = big(
    '4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc',
  )
  const q = big(
    'uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc',
  )
  const d = big(
    'Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ',
  )
  const token =
    `eyJhbGciOiJSUzI1NiJ9.${payload}.` +
    'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw'
  const publicJwk = { kty: 'RSA', n: small(p * q), e: 'AQAB' }
  const privateJwk = {
    ...{ ...publicJwk, d: small(d), p: small(p), q: small(q) },
    ...{ dp: small(d % (p - 1n)), dq: small(d % (q - 1n)), qi: small(power(q, p - 2n, p)) },
  }
  const { input, signature } = pieces(token)

  test('our signer makes the signature of the example, byte for byte', () => {
    const key = createPrivateKey({ key: privateJwk, format: 'jwk' })
    expect(algorithms.RS256.sign(input, key)).toEqual(signature)
  })

  test('our verifier accepts it, and no other', () => {
    const key = publicKeyOf(publicJwk)
    expect(algorithms.RS256.verify(input, signature, key)).toBe(true)
    for (const wrong of [
      Buffer.alloc(0),
      Buffer.alloc(256),
      signature.subarray(1),
      signature.subarray(0, -1),
      Buffer.concat([Buffer.of(0), signature]),
      Buffer.concat([signature, Buffer.of(0)]),
      Buffer.from(signature).reverse(),
      Buffer.from((big(signature.toString('base64url')) + p * q).toString(16).padStart(514, '0'), 'hex'),
    ])
      expect(algorithms.RS256.verify(input, wrong, key)).toBe(false)
  })
})

describe('RFC 7515 appendix A.3, ES256', () => {
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256' },
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  }
  const token = `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`
  const { input, signature } = pieces(token)

  test('our verifier accepts it', () => {
    expect(algorithms.ES256.verify(input, signature, publicKeyOf(jwk))).toBe(true)
  })

  test('our signature under the same private key verifies like it', () => {
    const key = { ...jwk, d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' }
    const made = algorithms.ES256.sign(input, createPrivateKey({ key, format: 'jwk' }))
    expect(algorithms.ES256.verify(input, made, publicKeyOf(jwk))).toBe(true)
  })
})

describe('RFC 8037 appendix A.4, Ed25519', () => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
  const token =
    'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg'
  const { input, signature } = pieces(token)

  test('our signer makes the signature of the example, byte for byte', () => {
    const key = { ...jwk, d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' }
    expect(algorithms.EdDSA.sign(input, createPrivateKey({ key, format: 'jwk' }))).toEqual(signature)
  })

  test('our verifier accepts it', () => {
    expect(algorithms.EdDSA.verify(input, signature, publicKeyOf(jwk))).toBe(true)
  })

  test('its thumbprint is the one of appendix A.3', () => {
    expect(thumbprint(jwk, algorithms.EdDSA.publicMembers)).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    )
  })
})

/** As our keys are named: the members of the algorithm's own list, in its order. */
function thumbprint(jwk: Record<string, string>, members: readonly string[]): string {
  const picked = Object.fromEntries(members.map((name) => [name, jwk[name]]))
  return createHash('sha256').update(JSON.stringify(picked)).digest('base64url')
}

test('RFC 7638 section 3.1: the thumbprint of the example', async () => {
  const jwk = {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
    alg: 'RS256',
    kid: '2011-04-29',
  }
  const published = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'
  expect(thumbprint(jwk, algorithms.RS256.publicMembers)).toBe(published)
  expect(await calculateJwkThumbprint(jwk)).toBe(published)
})
