import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hashArgon2id } from '../../src/passwords/argon2id.ts'
import { readStored } from '../../src/passwords/formats/formats.ts'
import { wrapWeak } from '../../src/passwords/formats/wrapped.ts'
import { devisePepper, isSlow, vectorsFolder, vectorsOf } from './vectors.ts'

/** The programs that made the frozen vectors, and what they need; where it is missing, they are left out. */
const programs = [
  {
    program: 'python3',
    args: ['-W', 'ignore'],
    file: 'django_hashers.py',
    needs: ['-c', 'import django, argon2, bcrypt'],
  },
  {
    program: 'python3',
    args: ['-W', 'ignore'],
    file: 'passlib_and_crypt.py',
    needs: ['-W', 'ignore', '-c', 'import crypt, passlib, argon2, bcrypt'],
  },
  { program: 'python3', args: [], file: 'derived.py', needs: ['-c', 'import argon2, cryptography'] },
  {
    program: 'php',
    args: [],
    file: 'password_hash.php',
    needs: ['-r', 'exit(defined("PASSWORD_ARGON2ID") ? 0 : 1);'],
  },
  { program: 'ruby', args: [], file: 'devise.rb', needs: ['-e', 'require "devise"'] },
] as const

/** A system's own first: another of that name may be there for its projects, without their packages. */
function locate(program: string, needs: readonly string[]): string | undefined {
  const places = [`/usr/bin/${program}`, program]
  return places.find((place) => spawnSync(place, needs, { stdio: 'ignore', timeout: 60_000 }).status === 0)
}

describe.each(programs)('what $file makes now', ({ program, args, file, needs }) => {
  const place = locate(program, needs)

  test.skipIf(place === undefined)('is verified', { timeout: 240_000 }, async () => {
    const made = spawnSync(place ?? '', [...args, join(vectorsFolder, file)], { timeout: 120_000 })
    const names = new Set<string>()
    const vectors = vectorsOf(made.stdout.toString()).filter((vector) => {
      const isFirst = !names.has(vector.name)
      names.add(vector.name)
      return isFirst || !isSlow(vector)
    })
    expect(vectors.length).toBeGreaterThan(10)
    for (const { name, password, stored } of vectors) {
      const wrapped = await wrapWeak(stored, (text) =>
        hashArgon2id(text, { memoryKib: 64, timeCost: 1, parallelism: 1 }),
      )
      for (const kept of wrapped ? [wrapped] : [stored])
        expect(await readStored(kept, { devisePepper })?.check?.(password), `${name}: ${stored}`).toBe(true)
    }
  })
})
