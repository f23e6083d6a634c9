import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { hashDescriber } from '../../src/passwords/describe.ts'
import { createGate } from '../../src/passwords/gate.ts'
import { createPasswords } from '../../src/passwords/passwords.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { countHashes, wrapHashes } from '../../src/users/hashes.ts'
import { sampleUser } from '../store/samples.ts'

const parameters = { memoryKib: 64, timeCost: 1, parallelism: 1 }
const WEAK = 'md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3'
const CHEAP = 'pbkdf2_sha1$1000$tim39pyXdc6QWzMzkMz3qE$X2c4BSxu/K1SUyIICZUH949j7ck='
const SOUND = `pbkdf2_sha256$260000$salt$${Buffer.alloc(32).toString('base64')}`
const LOCKED = 'devise$$2a$12$RxR/SYGnw4L2TTwlUPBViOMRqIcPeiAxodkC/8aNs.YdwWDHJbEZ.'

async function openTable(hashes: readonly string[]) {
  const store = await openSqliteStore({ file: ':memory:', now: 0 })
  onTestFinished(() => store.close())
  const users = hashes.map((password_hash) => sampleUser({ password_hash }))
  for (const user of users) await store.createUser(user)
  const gate = createGate({ parallel: 2, queueLimit: 10, deadlineMs: 60_000, clock: systemClock })
  const passwords = createPasswords({ parameters, gate })
  const recorded: unknown[] = []
  const audit = { record: (...event: unknown[]) => void recorded.push(event) }
  const describeHash = hashDescriber(parameters, {})
  const hashOf = async (index: number) => (await store.findUserById(users[index]?.id ?? ''))?.password_hash
  return { store, users, passwords, audit, describeHash, recorded, hashOf }
}

const quietly = { parallel: 2, signal: new AbortController().signal, onProgress: () => undefined }

describe('counting', () => {
  test('tells each kind apart by format and parameters, and says how it stands', async () => {
    const table = await openTable([WEAK, CHEAP, CHEAP, SOUND, LOCKED, '!unusable', '', 'nonsense'])
    await table.store.createUser(sampleUser({ password_hash: await table.passwords.hash('test1234') }))
    const counts = await countHashes(table)
    expect(
      counts.map(({ format, parameters: cost, users, state, canWrap }) => [
        format,
        cost,
        users,
        state,
        canWrap,
      ]),
    ).toEqual([
      ['argon2id', 'm=64,t=1,p=1', 1, 'current', false],
      ['bcrypt_pepper', 'cost 12', 1, 'locked', false],
      ['md5', 'salted', 1, 'refused', true],
      ['pbkdf2_sha1', '1000 iterations', 2, 'weak', true],
      ['pbkdf2_sha256', '260000 iterations', 1, 'older', false],
      ['unknown', '', 1, 'unknown', false],
      ['unusable', '', 2, 'unusable', false],
    ])
  })

  test('of nobody is nothing', async () => {
    expect(await countHashes(await openTable([]))).toEqual([])
  })
})

describe('wrapping', () => {
  test('P01: wraps what is weak and nothing else, tells it once, and the passwords still match', async () => {
    const table = await openTable([WEAK, SOUND, CHEAP, '!', 'nonsense'])
    const progress: number[] = []
    expect(await wrapHashes(table, { ...quietly, onProgress: (done) => progress.push(done) })).toBe(2)
    expect(progress.at(-1)).toBe(2)
    expect(table.recorded).toEqual([['user.hashes_wrapped', { count: 2 }]])
    const [weak = '', sound, cheap = '', unusable, unknown] = await Promise.all(
      [0, 1, 2, 3, 4].map(table.hashOf),
    )
    expect([sound, unusable, unknown]).toEqual([SOUND, '!', 'nonsense'])
    expect(await table.passwords.verify('lètmein', weak)).toEqual({ matches: true, rehash: true })
    expect(await table.passwords.verify('test1234', cheap)).toEqual({ matches: true, rehash: true })
  })

  test('goes on after it was interrupted, and does nothing twice', async () => {
    const table = await openTable([WEAK, WEAK, WEAK, WEAK, WEAK])
    const stop = new AbortController()
    const options = { ...quietly, signal: stop.signal, onProgress: () => stop.abort() }
    expect(await wrapHashes(table, options)).toBe(2)
    const first = await table.hashOf(0)
    expect(await wrapHashes(table, quietly)).toBe(3)
    expect(await wrapHashes(table, quietly)).toBe(0)
    expect(await table.hashOf(0)).toBe(first)
    expect(table.recorded).toHaveLength(2)
  })

  test('leaves a hash alone that changed meanwhile', async () => {
    const table = await openTable([WEAK])
    const [user] = table.users
    const passwords = {
      async hash(text: string) {
        await table.store.updateUser({ userId: user?.id ?? '', set: { password_hash: 'changed' } })
        return table.passwords.hash(text)
      },
    }
    await wrapHashes({ ...table, passwords }, quietly)
    expect(await table.hashOf(0)).toBe('changed')
  })

  test('P03: never hashes more at once than it is told', async () => {
    const table = await openTable(Array.from({ length: 9 }, () => WEAK))
    let running = 0
    let most = 0
    const passwords = {
      async hash(text: string) {
        running += 1
        most = Math.max(most, running)
        const made = await table.passwords.hash(text)
        running -= 1
        return made
      },
    }
    expect(await wrapHashes({ ...table, passwords }, { ...quietly, parallel: 3 })).toBe(9)
    expect(most).toBe(3)
  })

  test('tells what it did before the database failed', async () => {
    const table = await openTable([WEAK, WEAK, WEAK, WEAK])
    let calls = 0
    const store = {
      ...table.store,
      rehashPassword: (input: Parameters<typeof table.store.rehashPassword>[0]) => {
        calls += 1
        return calls > 2 ? Promise.reject(new Error('gone')) : table.store.rehashPassword(input)
      },
    }
    await expect(wrapHashes({ ...table, store }, quietly)).rejects.toThrow('gone')
    expect(table.recorded).toEqual([['user.hashes_wrapped', { count: 2 }]])
  })
})
