import type { MiddlewareHandler } from 'hono'
import type { Auth } from './auth.ts'
import { authorize, type Requirements, refusalIn } from './authorize.ts'
import type { Guard } from './guard.ts'

/** What a handler behind `requireAuth` finds in its context. */
export interface AuthEnv {
  Variables: { auth: Auth }
}

/** Middleware of Hono: what comes after it finds `context.get('auth')`. */
export function requireAuth(guard: Guard, requirements: Requirements = {}): MiddlewareHandler<AuthEnv> {
  return async (context, next) => {
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
