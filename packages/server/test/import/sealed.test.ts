import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkBytes, magic, tagBytes } from '../../src/import/sealed/format.ts'
import { isSealed, type Opener, open, readPrivateKey } from '../../src/import/sealed/open.ts'
import { type Recipient, readPublicKey, seal } from '../../src/import/sealed/seal.ts'
import { bytesOf, collected } from './run.ts'

const { publicKey, privateKey } = generateKeyPairSync('x25519')

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

async function sealed(text: string, recipient: Recipient = { publicKey }): Promise<Buffer> {
  return Buffer.concat(await collected(seal(pieces(text, 10_000), recipient)))
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function opened(bytes: Buffer, opener: Opener = { privateKey }, size = 50_000): Promise<string> {
  return Buffer.concat(await collected(open(inPieces(bytes, size), opener))).toString()
}

const headerEnd = (bytes: Buffer) => bytes.indexOf('\n') + 1

describe('a sealed file', () => {
  test.each([
    0,
    1,
    chunkBytes - 1,
    chunkBytes,
    chunkBytes + 1,
    3 * chunkBytes,
  ])('of %i bytes opens as it was', async (length) => {
    const text = 'x'.repeat(length)
    const bytes = await sealed(text)
    expect(isSealed(bytes)).toBe(true)
    expect(bytes.length - headerEnd(bytes)).toBe(
      length + Math.max(1, Math.ceil(length / chunkBytes)) * tagBytes,
    )
    expect(await opened(bytes)).toBe(text)
    expect(await opened(bytes, { privateKey }, 977)).toBe(text)
  })

  test('is another one each time, and none of the text is in it', async () => {
    const [one, other] = [await sealed('a hash of a password'), await sealed('a hash of a password')]
    expect(one.equals(other)).toBe(false)
    expect(one.includes('hash')).toBe(false)
  })

  test('does not open after any byte was changed', async () => {
    const bytes = await sealed('one line\nand another\n')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      await expect(opened(changed), `byte ${at}`).rejects.toThrow(/sealed|changed|key/)
    }
  })

  test('does not open cut off anywhere, not even between chunks, nor with something behind it', async () => {
    const bytes = await sealed('y'.repeat(3 * chunkBytes))
    const header = headerEnd(bytes)
    const size = chunkBytes + tagBytes
    for (const length of [header - 1, header, header + size, header + 2 * size, bytes.length - 1]) {
      await expect(opened(bytes.subarray(0, length)), `${length}`).rejects.toThrow(/sealed|cut off/)
    }
    await expect(opened(Buffer.concat([bytes, Buffer.from('z')]))).rejects.toThrow('cut off')
    await expect(opened(Buffer.concat([bytes, bytes.subarray(header, header + size)]))).rejects.toThrow(
      'cut off',
    )
  })

  test('does not open with chunks in another order, or those of another file', async () => {
    const [one, other] = [await sealed('y'.repeat(3 * chunkBytes)), await sealed('y'.repeat(3 * chunkBytes))]
    const header = headerEnd(one)
    const size = chunkBytes + tagBytes
    const [a, b, c] = [0, 1, 2].map((at) => one.subarray(header + at * size, header + (at + 1) * size))
    if (!a || !b || !c) throw new Error('there are three')
    await expect(opened(Buffer.concat([one.subarray(0, header), b, a, c]))).rejects.toThrow('changed')
    await expect(opened(Buffer.concat([one.subarray(0, header), a, c]))).rejects.toThrow('changed')
    const theirs = other.subarray(headerEnd(other))
    await expect(opened(Buffer.concat([one.subarray(0, header), theirs]))).rejects.toThrow('changed')
  })

  test('opens for its recipient alone', async () => {
    const another = generateKeyPairSync('x25519').privateKey
    const bytes = await sealed('text')
    await expect(opened(bytes, { privateKey: another })).rejects.toThrow('It is sealed to another key.')
    await expect(opened(bytes, { passphrase: 'text' })).rejects.toThrow(
      'It is sealed to a key, not with a passphrase.',
    )
    const spoken = await sealed('text', { passphrase: 'correct horse Žofie' })
    expect(await opened(spoken, { passphrase: 'correct horse Z\u030cofie' })).toBe('text')
    await expect(opened(spoken, { passphrase: 'correct horse' })).rejects.toThrow(
      'The passphrase is another one',
    )
    await expect(opened(spoken)).rejects.toThrow('It is sealed with a passphrase, not to a key.')
  })

  test('makes nobody work for hours, and no garbage does more than be refused', async () => {
    const greedy = { to: 'passphrase', n: 2 ** 30, r: 8, p: 1, salt: 'AAAAAAAAAAAAAAAAAAAAAA' }
    for (const cost of [{}, { n: 3 }, { n: 1 }, { n: 1024, r: 1e9 }, { n: 1024, p: 0.5 }, { n: 'x' }]) {
      const line = `${magic}${JSON.stringify({ ...greedy, ...cost })}\n${'x'.repeat(40)}`
      await expect(opened(Buffer.from(line), { passphrase: 'x' })).rejects.toThrow(
        'no sealed file of this version',
      )
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await expect(opened(Buffer.concat([Buffer.from(magic), bytes]))).rejects.toThrow(/sealed file/)
      }),
    )
    await expect(opened(randomBytes(5000))).rejects.toThrow('It is no sealed file')
  })
})

describe('keys', () => {
  const pem = (key: typeof publicKey) =>
    String(
      key.export(key.type === 'public' ? { type: 'spki', format: 'pem' } : { type: 'pkcs8', format: 'pem' }),
    )

  test('are read from PEM, each for its own purpose', async () => {
    const bytes = await sealed('text', { publicKey: readPublicKey(pem(publicKey)) ?? privateKey })
    expect(await opened(bytes, { privateKey: readPrivateKey(pem(privateKey)) ?? publicKey })).toBe('text')
    const other = generateKeyPairSync('ed25519')
    for (const text of ['', 'garbage', pem(privateKey), pem(other.publicKey)])
      expect(readPublicKey(text)).toBeUndefined()
    for (const text of ['', 'garbage', pem(publicKey), pem(other.privateKey)])
      expect(readPrivateKey(text)).toBeUndefined()
  })

  test('of openssl are among them', ({ skip }) => {
    let made = ''
    try {
      made = execFileSync('openssl', ['genpkey', '-algorithm', 'X25519'], { encoding: 'utf8' })
    } catch {
      skip('there is no openssl here')
    }
    const half = execFileSync('openssl', ['pkey', '-pubout'], { input: made, encoding: 'utf8' })
    expect(readPrivateKey(made)?.asymmetricKeyType).toBe('x25519')
    expect(readPublicKey(half)?.asymmetricKeyType).toBe('x25519')
  })
})

test('what opens a file is not asked of one that is plain', async () => {
  expect(isSealed(Buffer.from('{"id":"1"}'))).toBe(false)
  await expect(collected(open(bytesOf('{"id":"1"}\n'), { privateKey }))).rejects.toThrow('no sealed file')
})
