import { createCipheriv } from 'node:crypto'
import { bytesOf } from './base64.ts'
import { type FormatReader, isSameText, type ReadRow, type StoredPassword } from './check.ts'
import { deriveScrypt, isAffordable, type ScryptCost, scryptBounds, scryptStanding } from './scrypt.ts'

/** Firebase's signer keys have 64 bytes. */
const leastKeyBytes = 32
const mostKeyBytes = 128

interface Firebase {
  cost: ScryptCost
  salt: string
  separator: string
  signerKey: string
  digest: string
}

/**
 * Firebase encrypts its signer key, the same for all users of a project, under what scrypt makes of a password and the
 * salt with its separator; the ciphertext is the digest.
 * @see github.com/firebase/scrypt
 */
function storedFirebase({ cost, ...texts }: Firebase): StoredPassword | undefined {
  const salt = bytesOf(texts.salt)
  const separator = bytesOf(texts.separator)
  const signerKey = bytesOf(texts.signerKey)
  const digest = bytesOf(texts.digest)
  if (!salt || !separator || !signerKey || !digest || digest.length !== signerKey.length) return undefined
  if (signerKey.length < leastKeyBytes || signerKey.length > mostKeyBytes || !isAffordable(cost))
    return undefined
  return {
    algorithm: 'firebase_scrypt',
    ...scryptStanding(cost),
    check: async (password) => {
      const key = await deriveScrypt(password, Buffer.concat([salt, separator]), { ...cost, keyBytes: 32 })
      const made = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(signerKey)
      return isSameText(made.toString('hex'), digest.toString('hex'))
    },
  }
}

const base64 = '[A-Za-z0-9+/]+=*'

/** `$firescrypt$ln=14,r=8,p=1$salt$digest$separator$signerKey`, as Kratos and others write it. */
const readFirescrypt: FormatReader = (rest) => {
  const [, ln, r, p, salt = '', digest = '', separator = '', signerKey = ''] = firescrypt.exec(rest) ?? []
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p) }
  return storedFirebase({ cost, salt, digest, separator, signerKey })
}

const firescrypt = new RegExp(
  `^ln=(\\d{1,2}),r=(\\d{1,7}),p=(\\d{1,7})\\$(${base64})\\$(${base64})\\$((?:${base64})?)\\$(${base64})$`,
)

/** `$fbscrypt$v=1,n=14,r=8,p=1,ss=separator,sk=signerKey$salt$digest`, as Supabase writes it. */
const readFbscrypt: FormatReader = (rest) => {
  const [, ln, r, p, separator = '', signerKey = '', salt = '', digest = ''] = fbscrypt.exec(rest) ?? []
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p) }
  return storedFirebase({ cost, salt, digest, separator, signerKey })
}

const fbscrypt = new RegExp(
  `^v=1,n=(\\d{1,2}),r=(\\d{1,7}),p=(\\d{1,7})(?:,ss=(${base64}))?,sk=(${base64})\\$(${base64})\\$(${base64})$`,
)

/** The formats of Firebase. */
export const firebaseRows: readonly ReadRow[] = [
  {
    prefix: '$firescrypt$',
    shape: '$firescrypt$ln=…,r=…,p=…$salt$digest$separator$signerKey',
    from: 'Firebase, as Kratos writes it',
    bounds: scryptBounds,
    read: readFirescrypt,
  },
  {
    prefix: '$fbscrypt$',
    shape: '$fbscrypt$v=1,n=…,r=…,p=…,ss=separator,sk=signerKey$salt$digest',
    from: 'Firebase, as Supabase writes it',
    bounds: scryptBounds,
    read: readFbscrypt,
  },
]
