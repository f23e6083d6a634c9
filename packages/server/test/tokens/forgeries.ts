import { createHmac, generateKeyPairSync } from 'node:crypto'
import { algorithms } from '../../src/tokens/algorithms.ts'
import { decode, encode, join, partsOf, type Workshop } from './workshop.ts'

export type Forgery = readonly [name: string, token: string]

/**
 * Tokens that a verifier which believes the header would take. Wherever it helps the forger, the signature is a good one
 * by our own current key over the very text, so that nothing but the header can be what refuses it.
 */
export function headerForgeries(shop: Workshop): Forgery[] {
  const good = partsOf(shop.issue())
  const header = decode(good.header)
  const signedWith = (text: string) => shop.signTexts(encode(text), good.payload)
  const changed = (name: string, change: object): Forgery => [
    name,
    signedWith(JSON.stringify({ ...header, ...change })),
  ]
  const json = JSON.stringify(header)
  return [
    ...foreignAlgorithms.map((alg) => changed(`T02 T03: alg ${JSON.stringify(alg) ?? 'missing'}`, { alg })),
    ...keyMembers(shop).map((member) => changed(`T05: ${Object.keys(member)[0]} in the header`, member)),
    ...critical.map((member) => changed(`T07: ${JSON.stringify(member)}`, member)),
    ...foreignKids.map((kid) =>
      changed(`T06: kid ${JSON.stringify(kid)?.slice(0, 40) ?? 'missing'}`, { kid }),
    ),
    ...[{ zip: 'DEF' }, { enc: 'A128GCM' }, { cty: 'JWT' }, { p2c: 1e9 }, { nonce: 'x' }, { x: 1 }].map(
      (member) => changed(`T24: ${JSON.stringify(member)}`, member),
    ),
    ['T23: alg twice, ours last', signedWith(json.replace('{', '{"alg":"none",'))],
    ['T23: alg twice, ours first', signedWith(json.replace('}', ',"alg":"none"}'))],
    ['T23: kid twice', signedWith(json.replace('{', '{"kid":"x",'))],
    ['T23: everything twice', signedWith(json.replace('}', `,${json.slice(1)}`))],
    [
      'other order of members',
      signedWith(JSON.stringify(Object.fromEntries(Object.entries(header).reverse()))),
    ],
    ['white space between members', signedWith(JSON.stringify(header, null, 1))],
    ['a line break after the object', signedWith(`${json}\n`)],
    ['a byte order mark', signedWith(`\ufeff${json}`)],
    ['a member name in escapes', signedWith(json.replace('"alg"', '"\\u0061lg"'))],
    ['a name in other case', signedWith(json.replace('"alg"', '"ALG"'))],
    ['a header that is a list', signedWith(`[${json}]`)],
    ['a header that is a text', signedWith(JSON.stringify(json))],
    ['an empty header', signedWith('{}')],
    ['a header of null', signedWith('null')],
  ]
}

const foreignAlgorithms = [
  ...['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'non\u0065\u0301', 'ｎｏｎｅ', ''],
  ...[null, [], ['none'], {}, 0, false, undefined],
  ...[
    'HS256',
    'HS384',
    'HS512',
    'es256',
    'Es256',
    'ES256 ',
    'ES384',
    'ES256K',
    'PS256',
    'RS1',
    'EdDSa',
    'Ed25519',
  ],
  ...['RSA-OAEP', 'dir', 'PBES2-HS256+A128KW', 'A256GCMKW', 'constructor', '__proto__'],
]

const foreignKids = [
  ...[
    '',
    'x',
    'current',
    '0',
    '../../../../etc/passwd',
    '/dev/null',
    'file:///dev/null',
    'https://evil.example/k',
  ],
  ...["' OR '1'='1", "x' UNION SELECT 'a", '`id`', '$(id)', '__proto__', 'constructor', 'toString', '\u0000'],
  ...['k'.repeat(4000), null, 0, [], {}, undefined],
]

const critical = [
  { crit: [] },
  { crit: ['exp'] },
  { crit: ['b64'], b64: false },
  { crit: ['b64'], b64: true },
  { b64: false },
  { crit: 'exp' },
  { crit: null },
  { crit: ['alg'] },
]

/** Keys that a token brings along: ours, to be as tempting as can be. */
function keyMembers(shop: Workshop): object[] {
  const { jwk, key } = shop.publicKey()
  const der = key.export({ type: 'spki', format: 'der' }).toString('base64')
  return [
    ...[{ jwk }, { jwks: { keys: [jwk] } }, { jku: 'https://evil.example/jwks.json' }],
    ...[
      { x5u: 'https://evil.example/c.pem' },
      { x5c: [der] },
      { x5t: 'x' },
      { 'x5t#S256': 'x' },
      { key: der },
    ],
  ]
}

/** Tokens whose signature is not what our key makes of the text before it. */
export function signatureForgeries(shop: Workshop): Forgery[] {
  const good = partsOf(shop.issue())
  const other = partsOf(shop.issue('bob'))
  const input = `${good.header}.${good.payload}`
  const { alg } = decode(good.header) as { alg: keyof typeof algorithms }
  const raw = Buffer.from(good.signature, 'base64url')
  const withSignature = (bytes: Buffer) => join({ ...good, signature: bytes.toString('base64url') })
  return [
    ['T01: no signature', `${input}.`],
    ['T01: none at all', input],
    ['T01: the signature of another token', join({ ...good, signature: other.signature })],
    ['T01: the claims of another token', join({ ...good, payload: other.payload })],
    ['T01: claims edited', join({ ...good, payload: encode({ ...decode(good.payload), username: 'root' }) })],
    ['T20: a bit off', withSignature(flipped(raw))],
    ['T20: a byte short', withSignature(raw.subarray(1))],
    ['T20: a byte long', withSignature(Buffer.concat([raw, Buffer.of(0)]))],
    ['T20: zeros', withSignature(Buffer.alloc(raw.length))],
    [
      'T20: halves swapped',
      withSignature(Buffer.concat([raw.subarray(raw.length / 2), raw.subarray(0, raw.length / 2)])),
    ],
    ['twice', join({ ...good, signature: good.signature + good.signature })],
    ...confusions(shop, input),
    ...['ES256', 'EdDSA'].map((name): Forgery => {
      const foreign = foreignKeys[name as 'ES256' | 'EdDSA']
      const signature = algorithms[name as 'ES256' | 'EdDSA'].sign(Buffer.from(input), foreign)
      return [
        `T02: signed by a foreign ${name} key${name === alg ? ' of the same kind' : ''}`,
        withSignature(signature),
      ]
    }),
  ]
}

const foreignKeys = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  EdDSA: generateKeyPairSync('ed25519').privateKey,
}

function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes)
  changed[10] = (changed[10] ?? 0) ^ 1
  return changed
}

/** HMAC with what everyone knows, under our header and under one that says so. */
function confusions(shop: Workshop, input: string): Forgery[] {
  const { jwk, key } = shop.publicKey()
  const pem = key.export({ type: 'spki', format: 'pem' }).toString()
  const secrets: readonly (readonly [string, string | Buffer])[] = [
    ['the PEM', pem],
    ['the PEM without its last line break', pem.trim()],
    ['the DER bytes', key.export({ type: 'spki', format: 'der' })],
    ['the JWK text', JSON.stringify(jwk)],
    ['the first coordinate or modulus', Buffer.from(jwk.x ?? jwk.n ?? '', 'base64url')],
    ['its name', jwk.kid],
    ['nothing', ''],
  ]
  const claims = input.slice(input.indexOf('.') + 1)
  const honest = encode({ alg: 'HS256', typ: 'at+jwt', kid: jwk.kid })
  return secrets.flatMap(([name, secret]): Forgery[] => {
    const signed = (text: string) =>
      `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
    return [
      [`T04: HMAC with ${name}, under our header`, signed(input)],
      [`T04: HMAC with ${name}, under a header that says HS256`, signed(`${honest}.${claims}`)],
    ]
  })
}

/** Spellings of a good token that lenient decoders take for it. */
export function spellings(token: string): Forgery[] {
  const { header, payload, signature } = partsOf(token)
  const all: [string, string][] = [
    ['a space in front', ` ${token}`],
    ['a space behind', `${token} `],
    ['a tab behind', `${token}\t`],
    ['a line break behind', `${token}\n`],
    ['a NUL behind', `${token}\0`],
    ['Bearer in front', `Bearer ${token}`],
    ['quotes around', `"${token}"`],
    ['a fourth part', `${token}.${signature}`],
    ['an empty fourth part', `${token}.`],
    ['an empty first part', `.${token}`],
    ['no payload', `${header}..${signature}`],
    ['no header', `.${payload}.${signature}`],
    ['only dots', '..'],
    ['commas for dots', token.replaceAll('.', ',')],
    ['dots that only look so', token.replaceAll('.', '\uff0e')],
    ['in capitals', token.toUpperCase()],
    ['encoded for an address', encodeURIComponent(token).replaceAll('.', '%2E')],
    ['a lone surrogate behind', `${token}\ud800`],
    ['a lone surrogate in the payload', `${header}.\udc00${payload}.${signature}`],
    ['a zero-width space', `${header}.${payload}\u200b.${signature}`],
    ['header and payload swapped', `${payload}.${header}.${signature}`],
    ['over 8192 characters', `${header}.${payload}.${signature}${'A'.repeat(8192)}`],
  ]
  for (const [name, part] of Object.entries({ header, payload, signature })) {
    const put = (changed: string) =>
      [header, payload, signature].map((one) => (one === part ? changed : one)).join('.')
    all.push([`padding on the ${name}`, put(`${part}=`)])
    all.push([`double padding on the ${name}`, put(`${part}==`)])
    all.push([`a line break in the ${name}`, put(`${part.slice(0, 8)}\n${part.slice(8)}`)])
    all.push([`a foreign character in the ${name}`, put(`${part.slice(0, 8)}!${part.slice(8)}`)])
    all.push([
      `the other base64 alphabet in the ${name}`,
      put(Buffer.from(part, 'base64url').toString('base64')),
    ])
    all.push([`a character more on the ${name}`, put(`${part}A`)])
    all.push([`a character less on the ${name}`, put(part.slice(0, -1))])
  }
  return all.filter(([, changed]) => changed !== token)
}

/** Every other last character of the signature: those with the same bytes in them are the ones to see refused. */
export function lastCharacters(token: string): Forgery[] {
  return [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
    .map((last): Forgery => [`the last character ${last}`, token.slice(0, -1) + last])
    .filter(([, changed]) => changed !== token)
}
