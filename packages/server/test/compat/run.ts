import type { Installed } from '../django/python.ts'
import { startDjango } from '../django/start-django.ts'
import type { Case } from './case.ts'
import { compare, type Outcome } from './compare.ts'
import { generatedCases } from './generated/generated.ts'
import { recordedCases } from './recorded.ts'
import { openDjangoSide, openOurSide } from './side.ts'

/** What is compared with Django. */
export interface Comparison {
  /** settings of our server */
  env: Readonly<Record<string, string>>
  /** number of generated cases, on top of all recorded ones */
  cases: number
  seed: number
}

/** The settings of a server that takes the place of one with that version of simplejwt; `off` is a server as it is. */
export function profileOf(simplejwt: string): Record<string, string> {
  return simplejwt === 'off' ? {} : { COUNTERSIGN_SIMPLEJWT: simplejwt, COUNTERSIGN_USER_IDS: 'integer' }
}

const issuer = 'http://127.0.0.1:8000'

/** Starts both servers, sends each case to both, and yields what came of it; both are stopped at the end. */
export async function* compareWithDjango(
  installed: Installed,
  { env, cases, seed }: Comparison,
): AsyncGenerator<Outcome> {
  const django = openDjangoSide(await startDjango(installed, { issuer }))
  const ours = await openOurSide({ ...env, COUNTERSIGN_ISSUER: issuer })
  try {
    for (const one of recordedCases(env)) yield await compare({ django, ours }, one)
    for (const one of generatedCases(seed, cases)) {
      if (isServed(one, env)) yield await compare({ django, ours }, one)
    }
  } finally {
    await Promise.all([django.close(), ours.close()])
  }
}

/** Without the profile these two of simplejwt's routes are not ours. */
function isServed({ at }: Case, env: Comparison['env']): boolean {
  return env.COUNTERSIGN_SIMPLEJWT !== undefined || !/token\/+(verify|blacklist)/i.test(at)
}
