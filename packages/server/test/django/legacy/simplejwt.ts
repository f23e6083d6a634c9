import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Installed } from '../python.ts'

export const djangoSecret = 'django-insecure-#k2!x7c@0u&v4w-q8z)s6m^p1h(r3t$y5e'

/** What is asked of the real simplejwt: to make tokens, or to read them as a resource server does. */
export interface Question {
  secret: string
  algorithm: string
  make?: readonly (readonly [kind: 'refresh' | 'access' | 'sliding', claims: object])[]
  read?: readonly string[]
}

/** Asks it, in a process of its own. @returns an answer for each token */
export function askSimplejwt<T>(installed: Installed, question: Question): T[] {
  const script = join(import.meta.dirname, 'simplejwt.py')
  const options = { encoding: 'utf8', timeout: 60_000, input: JSON.stringify(question) } as const
  const { status, stdout, stderr } = spawnSync(installed.python, [script], options)
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as T[]
}
