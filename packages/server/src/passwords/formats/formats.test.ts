import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { algorithmOf, findCheck } from './formats.ts'

const ASCII = 'test1234'
const UNICODE = 'Grüße, Ωμέγα & 密码 🔑'
const SPACED = '  outer spaces  '
const MARKED = 'e\u0301 is not \u00e9'
/** longer than the 72 bytes that bcrypt sees */
const LONG = `${'abcdefghij'.repeat(8)}-end`

/**
 * Made by Django 3.2.25 with python3-argon2 21.1.0 and python3-bcrypt 3.2.2, mostly with low costs; those of scrypt,
 * which came with Django 4.0, by Python's hashlib.scrypt in the layout of Django's ScryptPasswordHasher.
 */
const vectors: ReadonlyArray<readonly [string, string, string]> = [
  [
    'pbkdf2_sha256',
    ASCII,
    'pbkdf2_sha256$1000$OtKv3PK5Dh3CtfY8cIbBJE$0U7SbGqnTp5e/vRYG1GpryPgXBQKv7zJd2tnHKhXphc=',
  ],
  [
    'pbkdf2_sha256',
    UNICODE,
    'pbkdf2_sha256$1000$OBcmWU6rQSCrbYGj32dWGm$RqQ4YtB5+2N/X+tvdeSMyEWtBd8KJoLyXign/tP+80c=',
  ],
  [
    'pbkdf2_sha256',
    SPACED,
    'pbkdf2_sha256$1000$7BK63NekYQN4oTjeUUhDSh$HW14m7BatBJyv0w5nsfJco6N9r6uDTNWEU3YV4v69zI=',
  ],
  [
    'pbkdf2_sha256',
    MARKED,
    'pbkdf2_sha256$1000$PGxl3oBHYMw0rZ9LjeDCcT$iBk8utEqt7N0YHyCOHg6qnFkXZVhestDO+NTMYUrQrA=',
  ],
  [
    'pbkdf2_sha256 as Django 3.2 makes it',
    ASCII,
    'pbkdf2_sha256$260000$73DNBhg7pfSkhf1L7NMMkf$aTOiplUZ7elKefENxSEnvBI6LfPzDepyq8M2rOvQ6qA=',
  ],
  [
    'pbkdf2_sha256 non-ascii salt',
    UNICODE,
    'pbkdf2_sha256$1000$sälz$fmDeK6ocgMG3o4NHQdVqQ6B10fIanxYs2fwFWgfiI5s=',
  ],
  ['pbkdf2_sha1', ASCII, 'pbkdf2_sha1$1000$tim39pyXdc6QWzMzkMz3qE$X2c4BSxu/K1SUyIICZUH949j7ck='],
  ['pbkdf2_sha1', UNICODE, 'pbkdf2_sha1$1000$6hIuQQmvDbFqgVI3CuCRUZ$j9yjkqs8GR6OllR/Joz7CV8ieZs='],
  [
    'argon2 as Django 3.2 makes it',
    UNICODE,
    'argon2$argon2id$v=19$m=102400,t=2,p=8$OGo1MWlvR3NSTE00dTRRMTQ1djBqRA$1W3gWmJTQHpx3gwxxNW/wA',
  ],
  [
    'argon2id',
    ASCII,
    'argon2$argon2id$v=19$m=512,t=2,p=2$OG0zUlBFcTVzeXVyakQ2a2JjVmxvcw$n48L39cx1GM20QLAQfpjlw',
  ],
  [
    'argon2id',
    UNICODE,
    'argon2$argon2id$v=19$m=512,t=2,p=2$dko3dTh2OHhQaDNFYVVITGhVUEhhVQ$uDZyyGLWQBxiDh92Y7gbDA',
  ],
  [
    'argon2i',
    ASCII,
    'argon2$argon2i$v=19$m=512,t=2,p=2$RUpRcmxMS1lyeDJ4VElLMnlBVE9RQQ$5QPn5vMQVpmXfm/OJleoNQ',
  ],
  [
    'argon2i',
    UNICODE,
    'argon2$argon2i$v=19$m=512,t=2,p=2$bWtaVjVGcm1VRmVpbHkySVduNzdzYQ$TiE5zRt26aQHv5BDY5SFzQ',
  ],
  [
    'argon2d',
    ASCII,
    'argon2$argon2d$v=19$m=512,t=2,p=2$amNRNzVFcGFwaGRyQmJ4QWdTenNQRA$s2IaO6XSncopy/qUvJFM3Q',
  ],
  [
    'argon2d',
    UNICODE,
    'argon2$argon2d$v=19$m=512,t=2,p=2$WUFkN2d2NThzM1ZLcjRHWHBvb0I2NQ$koyv2RK2bVxTIb1zPxyL4g',
  ],
  ['bcrypt_sha256', ASCII, 'bcrypt_sha256$$2b$04$RxR/SYGnw4L2TTwlUPBViOMRqIcPeiAxodkC/8aNs.YdwWDHJbEZ.'],
  ['bcrypt_sha256', UNICODE, 'bcrypt_sha256$$2b$04$mIL9zeXKG24ObPiieYeq7uf6/JtHT8O2HcOdfVMRoMQlqz3A4i/my'],
  ['bcrypt_sha256', LONG, 'bcrypt_sha256$$2b$04$Jmkw7A5OFO1PXoxHaLb82elo0osF.CjP0snugf.uLlVSPUq9rWyN6'],
  ['bcrypt', ASCII, 'bcrypt$$2b$04$oMilGMoqLjviEskFpm7DiO9/0Vjjrv6cX00aFpTz.7LtAaZfVVXXO'],
  ['bcrypt', UNICODE, 'bcrypt$$2b$04$Yg/Bkmi6LwJbhMkRfvll6e.YK6v8I9MMactJ3E9.myqRYGcweo.HG'],
  ['bcrypt', LONG, 'bcrypt$$2b$04$IFhRarDgRZf/i4diONaly.G5VDI0NRCDaqXhmFpvshnySoFvn7Mym'],
  [
    'bcrypt_sha256 as Django 3.2 makes it',
    ASCII,
    'bcrypt_sha256$$2b$12$SqtakDmdH0Ro.4flmv0MmeaCDqOxIAaZ0wuUT8zWQcnanobqXC8mi',
  ],
  ['bcrypt 2a', ASCII, 'bcrypt$$2a$04$XatPQ2okMqsedA3gX5vCTu/YKQYQOaX1xEbx.WiUlyb8ADrvwZGqe'],
  [
    'scrypt',
    ASCII,
    'scrypt$16384$WB6LiIJocqxENoGsuAysDo$8$1$+Jxl66q5L55ypx3+zhJDeQM+yCMArYLrAH4FhRSGA0/LsS3zn4zUjz7TiN7vbc/GQQDwXxnImy1BvLgkT21CBA==',
  ],
  [
    'scrypt',
    UNICODE,
    'scrypt$1024$UpggOwa29RwL9kiUB2kQRc$8$5$sqS1MlJuLGoJkGqCA7dZZsew4Uz5IVRSTsgtOUPrPG8ZzegsoyELpK3JpES+6+y0ziwg0VMBxLmJkkcEfWa5rA==',
  ],
  [
    'scrypt',
    MARKED,
    'scrypt$32768$PysQ9SlplQcLrnsEFpZgpK$8$1$j8MpCbDtH1mp6pbrvDnDHzT6psknRgLjLO+8yA3+OD/1SvH6BPl1rKvlJMvA+9PNLpJ4olaXym+42AdkVQ4k3w==',
  ],
]

describe('stored passwords of Django', () => {
  test.each(vectors)('%s matches the password %j', async (_, password, stored) => {
    expect(await findCheck(stored)?.(password)).toBe(true)
  })

  test.each(vectors)('P06: %s does not match another than %j', async (_, password, stored) => {
    for (const other of [` ${password}`, password.slice(1), password.toUpperCase(), '']) {
      expect(await findCheck(stored)?.(other), other).toBe(false)
    }
  })

  test.each(
    vectors,
  )('%s for %j: a hash with another last letter does not match', async (_, password, stored) => {
    const end = stored.search(/.=*$/)
    const tampered = stored.slice(0, end - 1) + (stored[end - 1] === 'A' ? 'B' : 'A') + stored.slice(end)
    expect((await findCheck(tampered)?.(password)) ?? false).toBe(false)
  })

  test('P06: canonically equal passwords are not the same', async () => {
    const [, , stored = ''] = vectors.find(([, password]) => password === MARKED) ?? []
    expect(await findCheck(stored)?.(MARKED.normalize('NFC'))).toBe(false)
  })

  test('P06: only plain bcrypt cuts at 72 bytes', async () => {
    const [sha256, plain] = vectors.filter(([, password]) => password === LONG)
    expect(await findCheck(sha256?.[2] ?? '')?.(LONG.slice(0, 72))).toBe(false)
    expect(await findCheck(plain?.[2] ?? '')?.(LONG.slice(0, 72))).toBe(true)
  })
})

const key = (bytes: number) => Buffer.alloc(bytes).toString('base64')
const bcryptTail = 'RxR/SYGnw4L2TTwlUPBViOMRqIcPeiAxodkC/8aNs.YdwWDHJbEZ.'

test.each([
  ['empty', ''],
  ['unusable', '!3rKCrWVSMgzuzDcWcpDeJngu6YF8yd90HKQpKznM'],
  ['unusable with a hash behind', `!pbkdf2_sha256$1$salt$${key(32)}`],
  ['unknown format', 'md6$salt$0123456789abcdef'],
  ['no format', 'test1234'],
  ['a name of Object.prototype', 'constructor$1$2$3'],
  ['pbkdf2 without iterations', `pbkdf2_sha256$$salt$${key(32)}`],
  ['pbkdf2 with 0 iterations', `pbkdf2_sha256$0$salt$${key(32)}`],
  ['pbkdf2 with a negative number', `pbkdf2_sha256$-1$salt$${key(32)}`],
  ['pbkdf2 with too many iterations', `pbkdf2_sha256$10000001$salt$${key(32)}`],
  ['pbkdf2 without salt', `pbkdf2_sha256$1000$$${key(32)}`],
  ['pbkdf2 without hash', 'pbkdf2_sha256$1000$salt$'],
  ['pbkdf2 with another member', `pbkdf2_sha256$1000$salt$${key(32)}$x`],
  ['scrypt with N that is no power of two', `scrypt$1000$salt$8$1$${key(64)}`],
  ['scrypt with N = 1', `scrypt$1$salt$8$1$${key(64)}`],
  ['scrypt with r = 0', `scrypt$1024$salt$0$1$${key(64)}`],
  ['scrypt with p = 0', `scrypt$1024$salt$8$0$${key(64)}`],
  ['scrypt with more than 256 MiB', `scrypt$524288$salt$8$1$${key(64)}`],
  ['scrypt with too much work', `scrypt$262144$salt$8$9$${key(64)}`],
  ['scrypt with N too large for r', `scrypt$65536$salt$1$1$${key(64)}`],
  ['scrypt in the order of others', `scrypt$salt$1024$8$1$${key(64)}`],
  ['bcrypt with too high a cost', `bcrypt$$2b$17$${bcryptTail}`],
  ['bcrypt with too low a cost', `bcrypt$$2b$03$${bcryptTail}`],
  ['bcrypt of an unknown kind', `bcrypt$$2x$04$${bcryptTail}`],
  ['bcrypt cut short', `bcrypt$$2b$04$${bcryptTail.slice(1)}`],
  ['bcrypt_sha256 with too high a cost', `bcrypt_sha256$$2b$31$${bcryptTail}`],
  [
    'argon2 with too much memory',
    'argon2$argon2id$v=19$m=2097152,t=1,p=1$YWFhYWFhYWE$d17wIkJAkBB7kdSb/ipfUQ',
  ],
  ['argon2 cut short', 'argon2$argon2id$v=19$m=512,t=2,p=2$OG0z'],
])('no password matches, and nothing is computed: %s', (_, stored) => {
  expect(findCheck(stored)).toBeUndefined()
})

test('costs at their bounds are let in', () => {
  expect(findCheck(`pbkdf2_sha256$10000000$salt$${key(32)}`)).toBeDefined()
  expect(findCheck(`scrypt$262144$salt$8$8$${key(64)}`)).toBeDefined()
  expect(findCheck(`bcrypt$$2b$16$${bcryptTail}`)).toBeDefined()
})

test('a damaged row never throws', async () => {
  const cheap = vectors
    .map(([, , stored]) => stored)
    .filter((stored) => !/260000|102400|\$12\$|16384|32768/.test(stored))
  const damaged = fc.tuple(
    fc.constantFrom(...cheap),
    fc.nat(100),
    fc.nat(3),
    fc.constantFrom('', '$', '=', 'x', '\n', 'é'),
  )
  const property = fc.asyncProperty(damaged, async ([stored, at, length, insert]) => {
    const row = stored.slice(0, at) + insert + stored.slice(at + length)
    expect((await findCheck(row)?.('not the password')) ?? false).toBe(false)
  })
  await fc.assert(property, { numRuns: 300 })
})

test('the algorithm of every format has one name, whoever wrote it', () => {
  const names = new Set(vectors.map(([, , stored]) => algorithmOf(stored)))
  const expected = [
    'argon2d',
    'argon2i',
    'argon2id',
    'bcrypt',
    'bcrypt_sha256',
    'pbkdf2_sha1',
    'pbkdf2_sha256',
    'scrypt',
  ]
  expect([...names].filter((name) => !expected.includes(name))).toEqual([])
  expect(algorithmOf('$argon2id$v=19$m=512,t=2,p=2$salt$hash')).toBe('argon2id')
  expect(algorithmOf('argon2$argon2i$v=19$m=512,t=2,p=2$salt$hash')).toBe('argon2i')
})
