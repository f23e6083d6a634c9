import { authorize, type Requirements, refusalIn } from './authorize.ts'
import type { Auth, Guard } from './guard.ts'

interface Context {
  req: { header(name: string): string | undefined }
  set(key: 'auth', auth: Auth): void
  json(body: object, status: number, headers: Record<string, string>): Response
}

/** Middleware of Hono: what comes after it finds `context.get('auth')`. */
export function requireAuth(guard: Guard, requirements: Requirements = {}) {
  return async (context: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    let auth: Auth
    try {
      auth = await authorize(guard, context.req.header('authorization'), requirements)
    } catch (thrown) {
      const refusal = refusalIn(thrown)
      return context.json(refusal.body(), refusal.status, refusal.headers())
    }
    context.set('auth', auth)
    await next()
    return undefined
  }
}
