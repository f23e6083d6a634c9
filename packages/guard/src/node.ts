import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Auth } from './auth.ts'
import { authorize, type Requirements, refusalIn } from './authorize.ts'
import type { Guard } from './guard.ts'

/**
 * For `node:http`: lets a request in, or answers it.
 * @returns undefined where it has been answered
 */
export async function requireAuth(
  guard: Guard,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  requirements: Requirements = {},
): Promise<Auth | undefined> {
  try {
    return await authorize(guard, request.headers.authorization, requirements)
  } catch (thrown) {
    const refusal = refusalIn(thrown)
    response.writeHead(refusal.status, { ...refusal.headers(), 'content-type': 'application/json' })
    response.end(JSON.stringify(refusal.body()))
    return undefined
  }
}
