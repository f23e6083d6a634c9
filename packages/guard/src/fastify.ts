import type {} from 'fastify'
import type { Auth } from './auth.ts'
import { authorize, type Requirements, refusalIn } from './authorize.ts'
import type { Guard } from './guard.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** who has shown an access token, behind `requireAuth` */
    auth?: Auth
  }
}

interface Request {
  headers: { authorization?: string | undefined }
  auth?: Auth
}
interface Reply {
  code(status: number): Reply
  headers(headers: Record<string, string>): Reply
  send(body: object): unknown
}

/** A hook of Fastify (`onRequest` or `preHandler`): what comes after it finds `request.auth`. */
export function requireAuth(guard: Guard, requirements: Requirements = {}) {
  return async (request: Request, reply: Reply): Promise<unknown> => {
    try {
      request.auth = await authorize(guard, request.headers.authorization, requirements)
      return undefined
    } catch (thrown) {
      const refusal = refusalIn(thrown)
      return reply.code(refusal.status).headers(refusal.headers()).send(refusal.body())
    }
  }
}
