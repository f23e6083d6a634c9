import { fields } from '../../http/fields/fields.ts'
import { type AnyRoute, type HttpRequest, route } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import type { Limits } from '../../limits/limits.ts'
import { userFields } from '../fields.routes.ts'
import { type ChangeEmailDeps, changeEmail } from './change-email.ts'
import { askerOf, dangerousRefusals, type Guarded } from './me.routes.ts'
import { proofIn } from './proof.routes.ts'
import type { RequestMailDeps } from './request-reset.ts'
import { requestVerification } from './request-verification.ts'
import { type VerifyEmailDeps, verifyEmail } from './verify-email.ts'

type EmailDeps = Guarded & ChangeEmailDeps & RequestMailDeps & VerifyEmailDeps & { limits: Limits }

const Message = schema.object({ message: schema.text() })

const done = {
  verify_email: 'The address is confirmed.',
  change_email: 'The address was changed. All other sessions have ended.',
} as const

/** Another e-mail address, and the proof of one. */
export function emailRoutes(deps: EmailDeps): AnyRoute[] {
  return [changeRoute(deps), verifyRoute(deps), resendRoute(deps)]
}

function changeRoute(deps: EmailDeps): AnyRoute {
  return route({
    method: 'POST',
    path: '/api/email/change/',
    name: 'Email Change',
    summary: 'Ask for another e-mail address; it counts once it is confirmed',
    body: fields({ email: userFields.email, password: userFields.recentPassword }),
    answers: { 200: Message },
    refusals: dangerousRefusals,
    policies: deps.limits.policies('resend'),
    guard: deps.guard,
    async handle(request, claims) {
      await changeEmail(deps, askerOf(request, claims), request.body)
      return { body: { message: 'A mail is on its way to the new address.' } }
    },
  })
}

function verifyRoute(deps: EmailDeps): AnyRoute {
  const { token, proofEmail: email, code } = userFields
  return route({
    method: 'POST',
    path: '/api/email/verify/',
    name: 'Email Verify',
    summary: 'Confirm an e-mail address with what the mail says',
    body: fields({ token, email, code }),
    takesToken: true,
    answers: { 200: Message },
    refusals: ['access_token_not_valid', 'user_inactive', 'user_not_found', 'throttled', 'unavailable'],
    policies: deps.limits.policies('code'),
    async handle(request) {
      const { body, origin } = request
      const claims = claimsOf(deps, request)
      return { body: { message: done[await verifyEmail(deps, { proof: proofIn(body), claims, origin })] } }
    },
  })
}

/** A token is not needed; one that is shown must be good. */
function claimsOf({ guard }: Guarded, request: HttpRequest<unknown>) {
  return request.header('authorization') === undefined ? undefined : guard(request)
}

function resendRoute(deps: EmailDeps): AnyRoute {
  return route({
    method: 'POST',
    path: '/api/email/verify/resend/',
    name: 'Email Verify Resend',
    summary: 'Ask for another mail that confirms an address',
    body: fields({ email: userFields.email }),
    answers: { 200: Message },
    refusals: ['throttled', 'unavailable'],
    policies: deps.limits.policies('resend'),
    async handle({ body: { email }, origin }) {
      await requestVerification(deps, { email, origin })
      return { body: { message: 'If this address waits to be confirmed, a mail is on its way.' } }
    },
  })
}
