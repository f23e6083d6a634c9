import { AuthError } from '../../errors.ts'
import type { BulkResult } from '../answers.ts'
import type { Admin } from '../entry/entry.ts'
import { type ActDeps, type ActName, acts } from './acts.ts'

/** Does one thing to many users, one after the other; what cannot be done to one keeps nobody else from it. */
export async function runForMany(
  deps: ActDeps,
  admin: Admin,
  { name, ids }: { name: ActName; ids: readonly string[] },
): Promise<BulkResult[]> {
  const results: BulkResult[] = []
  for (const id of ids) results.push({ id, ...(await runForOne(deps, admin, { name, id })) })
  return results
}

async function runForOne(
  deps: ActDeps,
  admin: Admin,
  { name, id }: { name: ActName; id: string },
): Promise<Omit<BulkResult, 'id'>> {
  const user = await deps.store.findUserById(id)
  if (!user) return { outcome: 'missing', detail: null }
  try {
    await acts[name].run(deps, admin, user)
    return { outcome: 'done', detail: null }
  } catch (thrown) {
    const code = thrown instanceof AuthError ? thrown.code : undefined
    if (code === 'not_found') return { outcome: 'missing', detail: null }
    if (code === 'forbidden') return { outcome: 'forbidden', detail: null }
    if (code !== 'conflict' && code !== 'precondition_failed') throw thrown
    return { outcome: 'conflict', detail: (thrown as AuthError).message }
  }
}
