import { AuthError } from '../../errors.ts'
import { fields, text } from '../../http/fields/fields.ts'
import { type AnyRoute, route } from '../../http/route.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RequestMailDeps } from '../../users/account/request-reset.ts'
import { requestVerification } from '../../users/account/request-verification.ts'
import { type VerifyEmailDeps, verifyEmail } from '../../users/account/verify-email.ts'
import { userFields } from '../../users/fields.routes.ts'
import { type AnswerDeps, opened, Registered, Sentence } from './answers.routes.ts'
import { type SignUpDeps, signUp } from './registration.ts'
import { bodyFault, retold } from './retell.ts'
import { refuseForeign } from './token-cookies.routes.ts'

export type RegistrationDeps = AnswerDeps &
  SignUpDeps &
  RequestMailDeps &
  VerifyEmailDeps & { limits: Limits; rules: { email: 'required' | 'optional' } }

/** Register, and prove the address. */
export function registrationRoutes(deps: RegistrationDeps): AnyRoute[] {
  return [registerRoute(deps), verifyRoute(deps), resendRoute(deps)]
}

function registerRoute(deps: RegistrationDeps): AnyRoute {
  const { username, email, ownEmail, newPassword } = userFields
  return route({
    method: 'POST',
    path: `${deps.djRestAuth.prefix}registration/`,
    name: 'Register (dj-rest-auth)',
    summary: 'Create a user, and log him in where he may be',
    body: fields({
      ...{ username, email: deps.rules.email === 'optional' ? ownEmail : email },
      ...{ password1: newPassword, password2: text({ trim: false, format: 'password' }) },
    }),
    answers: { 201: Registered },
    refusals: ['cross_site', 'throttled', 'overloaded', 'unavailable'],
    policies: deps.limits.policies('register'),
    async handle(request) {
      refuseForeign(deps, request)
      const { username, email = '', password1: password, password2 } = request.body
      if (password !== password2) throw bodyFault("The two password fields didn't match.")
      const made = await signUp(deps, { username, email, password, origin: request.origin })
      if (!made) return { status: 201, body: { detail: 'Verification e-mail sent.' } }
      return { status: 201, ...opened(deps, made.pair, made.user) }
    },
  })
}

function verifyRoute(deps: RegistrationDeps): AnyRoute {
  return route({
    method: 'POST',
    path: `${deps.djRestAuth.prefix}registration/verify-email/`,
    name: 'Verify Email (dj-rest-auth)',
    summary: 'Confirm an e-mail address with the secret of the link in the mail',
    body: fields({ key: text({ description: 'The secret of the link in the mail' }) }),
    answers: { 200: Sentence },
    refusals: ['throttled', 'unavailable'],
    async handle({ body: { key }, origin }) {
      await retold(() => verifyEmail(deps, { proof: { token: key }, origin }), asUnknown)
      return { body: { detail: 'ok' } }
    },
  })
}

function asUnknown(refusal: AuthError): AuthError {
  const isUnknown = refusal.code === 'invalid' && refusal.details.fields?.token !== undefined
  return isUnknown ? new AuthError('not_found') : refusal
}

function resendRoute(deps: RegistrationDeps): AnyRoute {
  return route({
    method: 'POST',
    path: `${deps.djRestAuth.prefix}registration/resend-email/`,
    name: 'Resend Email Verification (dj-rest-auth)',
    summary: 'Ask for another mail that confirms an address',
    body: fields({ email: userFields.email }),
    answers: { 200: Sentence },
    refusals: ['throttled', 'unavailable'],
    policies: deps.limits.policies('resend'),
    async handle({ body: { email }, origin }) {
      await requestVerification(deps, { email, origin })
      return { body: { detail: 'ok' } }
    },
  })
}
