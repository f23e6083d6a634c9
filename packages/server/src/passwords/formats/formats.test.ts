import { describe, expect, test } from 'vitest'
import { readStored } from './formats.ts'

const key = (bytes: number) => Buffer.alloc(bytes).toString('base64')
const plain = (bytes: number) => key(bytes).replaceAll('=', '')
const bcryptTail = 'RxR/SYGnw4L2TTwlUPBViOMRqIcPeiAxodkC/8aNs.YdwWDHJbEZ.'
const argon2Tail = '$YWFhYWFhYWE$d17wIkJAkBB7kdSb/ipfUQ'

const refused: [name: string, stored: string][] = [
  ['empty', ''],
  ['unusable', '!3rKCrWVSMgzuzDcWcpDeJngu6YF8yd90HKQpKznM'],
  ['unusable with a hash behind', `!pbkdf2_sha256$1$salt$${key(32)}`],
  ['unknown format', 'md6$salt$0123456789abcdef'],
  ['no format', 'test1234'],
  ['a name of Object.prototype', 'constructor$1$2$3'],
  ['longer than anybody stores', `pbkdf2_sha256$1000$${'s'.repeat(1000)}$${key(32)}`],
  ['pbkdf2 without iterations', `pbkdf2_sha256$$salt$${key(32)}`],
  ['pbkdf2 with 0 iterations', `pbkdf2_sha256$0$salt$${key(32)}`],
  ['pbkdf2 with a negative number', `pbkdf2_sha256$-1$salt$${key(32)}`],
  ['pbkdf2 with too many iterations', `pbkdf2_sha256$10000001$salt$${key(32)}`],
  ['pbkdf2 without salt', `pbkdf2_sha256$1000$$${key(32)}`],
  ['pbkdf2 without hash', 'pbkdf2_sha256$1000$salt$'],
  ['pbkdf2 with a hash of another length', `pbkdf2_sha256$1000$salt$${key(31)}`],
  ['pbkdf2 with another member', `pbkdf2_sha256$1000$salt$${key(32)}$x`],
  ['PHC pbkdf2 with too many iterations', `$pbkdf2-sha512$i=10000001$${plain(16)}$${plain(64)}`],
  ['PHC pbkdf2 with too many for its long key', `$pbkdf2-sha256$i=5000001,l=64$${plain(16)}$${plain(64)}`],
  ['PHC pbkdf2 whose length is not its own', `$pbkdf2-sha256$i=1000,l=32$${plain(16)}$${plain(31)}`],
  ['PHC pbkdf2 with a digest of 15 bytes', `$pbkdf2-sha256$i=1000,l=15$${plain(16)}$${plain(15)}`],
  ['PHC pbkdf2 with a digest of 129 bytes', `$pbkdf2-sha256$i=1000$${plain(16)}$${plain(129)}`],
  ['PHC pbkdf2 of an unknown hash', `$pbkdf2-md5$i=1000$${plain(16)}$${plain(16)}`],
  ['LDAP pbkdf2 with too many iterations', `{PBKDF2}99999999$${plain(16)}$${plain(20)}`],
  ['scrypt with N that is no power of two', `scrypt$1000$salt$8$1$${key(64)}`],
  ['scrypt with N = 1', `scrypt$1$salt$8$1$${key(64)}`],
  ['scrypt with r = 0', `scrypt$1024$salt$0$1$${key(64)}`],
  ['scrypt with p = 0', `scrypt$1024$salt$8$0$${key(64)}`],
  ['scrypt with more than 256 MiB', `scrypt$524288$salt$8$1$${key(64)}`],
  ['scrypt with too much work', `scrypt$262144$salt$8$9$${key(64)}`],
  ['scrypt with N too large for r', `scrypt$65536$salt$1$1$${key(64)}`],
  ['scrypt in the order of others', `scrypt$salt$1024$8$1$${key(64)}`],
  ['PHC scrypt with more than 256 MiB', `$scrypt$ln=19,r=8,p=1$${plain(16)}$${plain(32)}`],
  ['PHC scrypt with a digest of 15 bytes', `$scrypt$ln=4,r=8,p=1$${plain(16)}$${plain(15)}`],
  ['PHC scrypt with no whole power for N', `$scrypt$ln=16385,r=8,p=1$${plain(16)}$${plain(32)}`],
  ['crypt scrypt with more than 256 MiB', `$7$H6..../....salt$${'.'.repeat(43)}`],
  ['crypt scrypt with bits to spare', `$7$6/..../....salt$${'z'.repeat(43)}`],
  ['better-auth with a short digest', `${'0'.repeat(32)}:${'0'.repeat(126)}`],
  ['better-auth in capitals', `${'A'.repeat(32)}:${'0'.repeat(128)}`],
  ['firescrypt without a signer key', `$firescrypt$ln=14,r=8,p=1$${key(8)}$${key(1)}$Bw==$`],
  ['firescrypt with a short signer key', `$firescrypt$ln=14,r=8,p=1$${key(8)}$${key(31)}$Bw==$${key(31)}`],
  ['firescrypt whose lengths differ', `$firescrypt$ln=14,r=8,p=1$${key(8)}$${key(63)}$Bw==$${key(64)}`],
  ['firescrypt with too much memory', `$firescrypt$ln=31,r=8,p=1$${key(8)}$${key(64)}$Bw==$${key(64)}`],
  ['fbscrypt without a signer key', `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==$${key(8)}$${key(64)}`],
  ['fbscrypt of another version', `$fbscrypt$v=2,n=14,r=8,p=1,sk=${key(64)}$${key(8)}$${key(64)}`],
  ['fbscrypt with too much work', `$fbscrypt$v=1,n=14,r=8,p=9999,sk=${key(64)}$${key(8)}$${key(64)}`],
  ['bcrypt with too high a cost', `bcrypt$$2b$17$${bcryptTail}`],
  ['bcrypt with too low a cost', `bcrypt$$2b$03$${bcryptTail}`],
  ['bcrypt of an unknown kind', `bcrypt$$2x$04$${bcryptTail}`],
  ['bcrypt cut short', `bcrypt$$2b$04$${bcryptTail.slice(1)}`],
  ['plain bcrypt with too high a cost', `$2y$31$${bcryptTail}`],
  ['plain bcrypt with another member', `$2y$04$${bcryptTail}$`],
  ['bcrypt_sha256 with too high a cost', `bcrypt_sha256$$2b$31$${bcryptTail}`],
  ['devise around another format', `devise$pbkdf2_sha256$1000$salt$${key(32)}`],
  ['argon2 with too much memory', `argon2$argon2id$v=19$m=2097152,t=1,p=1${argon2Tail}`],
  ['argon2 with too much work', `$argon2i$v=19$m=1048576,t=9,p=1${argon2Tail}`],
  ['argon2 cut short', 'argon2$argon2id$v=19$m=512,t=2,p=2$OG0z'],
  ['sha512_crypt with too many rounds', `$6$rounds=1000001$salt$${'.'.repeat(86)}`],
  ['sha512_crypt with too few', `$6$rounds=999$salt$${'.'.repeat(86)}`],
  ['sha256_crypt with a long salt', `$5$${'s'.repeat(17)}$${'.'.repeat(43)}`],
  ['sha256_crypt with a salt of 17 bytes', `$5$${'s'.repeat(15)}ü$${'.'.repeat(43)}`],
  ['md5_crypt, which is unknown', `$1$salt$${'.'.repeat(22)}`],
  ['des_crypt cut short', 'crypt$$ab1Hv2Lg7ltQ'],
  ['md5 cut short', `md5$salt$${'0'.repeat(31)}`],
  ['sha1 without a name', '0'.repeat(40)],
  ['SSHA cut short', '{SSHA}tooshort'],
  ['SHA with a salt', `{SHA}${key(24)}`],
  ['a scheme inside a scheme', `{CRYPT}{SSHA}${key(24)}`],
  ['wrapped without an inner format', `wrapped$$argon2id$v=19$m=64,t=1,p=1${argon2Tail}`],
  ['wrapped around a format that cannot be', `wrapped$bcrypt$$argon2id$v=19$m=64,t=1,p=1${argon2Tail}`],
  ['wrapped twice', `wrapped$wrapped$md5$s$argon2id$v=19$m=64,t=1,p=1${argon2Tail}`],
  ['wrapped in argon2i', `wrapped$md5$s$argon2i$v=19$m=64,t=1,p=1${argon2Tail}`],
  ['wrapped at too much cost', `wrapped$md5$s$argon2id$v=19$m=2097152,t=1,p=1${argon2Tail}`],
  [
    'wrapped around too much cost',
    `wrapped$pbkdf2_sha256$10000001$s$argon2id$v=19$m=64,t=1,p=1${argon2Tail}`,
  ],
  ['wrapped without argon2id', 'wrapped$md5$salt'],
]

test.each(refused)('P03: no password matches, and nothing is computed: %s', (_, stored) => {
  expect(readStored(stored, { devisePepper: 'pepper' })).toBeUndefined()
})

test.each([
  `pbkdf2_sha256$10000000$salt$${key(32)}`,
  `$pbkdf2-sha256$i=5000000,l=64$${plain(16)}$${plain(64)}`,
  `scrypt$262144$salt$8$8$${key(64)}`,
  `$scrypt$ln=18,r=8,p=8$${plain(16)}$${plain(128)}`,
  `$firescrypt$ln=18,r=8,p=8$${key(8)}$${key(64)}$$${key(64)}`,
  `bcrypt$$2b$16$${bcryptTail}`,
  `$argon2id$v=19$m=1048576,t=8,p=1${argon2Tail}`,
  `$6$rounds=1000000$salt$${'.'.repeat(86)}`,
])('costs at their bounds are let in: %s', (stored) => {
  expect(readStored(stored)?.check).toBeDefined()
})

describe('how a stored password stands', () => {
  test.each([
    ['sound', `pbkdf2_sha256$100000$salt$${key(32)}`],
    ['cheap', `pbkdf2_sha256$99999$salt$${key(32)}`],
    ['sound', `$6$rounds=100000$salt$${'.'.repeat(86)}`],
    ['cheap', `$6$salt$${'.'.repeat(86)}`],
    ['sound', `scrypt$16384$salt$8$1$${key(64)}`],
    ['cheap', `scrypt$8192$salt$8$1$${key(64)}`],
    ['sound', `$2b$10$${bcryptTail}`],
    ['cheap', `$2b$09$${bcryptTail}`],
    ['sound', `$argon2id$v=19$m=7168,t=1,p=1${argon2Tail}`],
    ['cheap', `argon2$argon2i$v=19$m=512,t=2,p=2${argon2Tail}`],
    ['weak', `md5$salt$${'0'.repeat(32)}`],
    ['weak', `{SSHA512}${key(80)}`],
    ['weak', 'crypt$$ab1Hv2Lg7ltQo'],
  ])('%s: %s', (standing, stored) => {
    const read = readStored(stored)
    expect(read?.standing).toBe(standing)
    expect(read?.check === undefined).toBe(standing === 'weak')
  })

  test('a pepper that the settings lack leaves nothing to check', () => {
    const stored = `devise$$2a$12$${bcryptTail}`
    expect(readStored(stored)).toMatchObject({ algorithm: 'bcrypt_pepper', check: undefined })
    expect(readStored(stored, { devisePepper: 'x' })?.check).toBeDefined()
  })
})
