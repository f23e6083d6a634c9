import type { Auth } from './auth.ts'
import { authorize, type Requirements, refusalIn } from './authorize.ts'
import type { Guard } from './guard.ts'

declare global {
  // biome-ignore lint/style/noNamespace: what middleware adds to a request is declared here, says Express
  namespace Express {
    interface Request {
      /** who has shown an access token, behind `requireAuth` */
      auth?: Auth
    }
  }
}

interface Request {
  headers: { authorization?: string | undefined }
  auth?: Auth
}
interface Response {
  status(code: number): Response
  set(headers: Record<string, string>): Response
  json(body: object): unknown
}

/** Middleware of Express: what comes after it finds `request.auth`. */
export function requireAuth(guard: Guard, requirements: Requirements = {}) {
  return (request: Request, response: Response, next: (error?: unknown) => void): void => {
    authorize(guard, request.headers.authorization, requirements)
      .then(
        (auth) => {
          request.auth = auth
          next()
        },
        (thrown: unknown) => {
          const refusal = refusalIn(thrown)
          response.status(refusal.status).set(refusal.headers()).json(refusal.body())
        },
      )
      .catch(next)
  }
}
