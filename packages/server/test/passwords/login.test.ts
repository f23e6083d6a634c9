import { expect, onTestFinished, test } from 'vitest'
import { wrapWeak } from '../../src/passwords/formats/wrapped.ts'
import { openTestServer } from '../harness.ts'
import { sampleUser } from '../store/samples.ts'
import { devisePepper, frozenVectors, isSlow, type Vector, vectorFiles } from './vectors.ts'

async function openServer(env: Record<string, string> = {}) {
  const server = await openTestServer({ env })
  onTestFinished(() => server.close())
  const { store } = server.deployment
  return {
    server,
    /** @returns the status of a login, and the hash after it */
    async logIn(stored: string, password: string) {
      const user = sampleUser({ password_hash: stored })
      await store.createUser(user)
      const body = { username: user.username, password }
      const { status } = await server.post('/api/login/', body)
      const again = await server.post('/api/login/', body)
      const hash = (await store.findUserById(user.id))?.password_hash ?? ''
      return { statuses: [status, again.status], hash }
    },
  }
}

/** One of each algorithm that can be computed quickly. */
const byName = new Map(
  vectorFiles
    .flatMap(frozenVectors)
    .flatMap((one): [string, Vector][] => (isSlow(one) ? [] : [[one.name, one]])),
)

test('P02: whatever a user brought along, he logs in, and has argon2id from then on', async () => {
  const { server, logIn } = await openServer({ COUNTERSIGN_DEVISE_PEPPER: devisePepper })
  for (const { name, password, stored } of byName.values()) {
    const kept = (await wrapWeak(stored, server.deployment.passwords.hash)) ?? stored
    const { statuses, hash } = await logIn(kept, password)
    expect(statuses, name).toEqual([200, 200])
    expect(hash, name).toMatch(/^\$argon2id\$v=19\$m=7168,t=1,p=1\$/)
  }
})

test('P19: a weak hash that nobody wrapped, and one whose pepper is not set, open nothing and stay', async () => {
  const { logIn } = await openServer()
  for (const name of ['md5', 'sha1 without salt', 'ldap_ssha', 'des_crypt', 'bcrypt_pepper']) {
    const { stored = '', password = '' } = byName.get(name) ?? {}
    expect(await logIn(stored, password), name).toEqual({ statuses: [401, 401], hash: stored })
  }
})
