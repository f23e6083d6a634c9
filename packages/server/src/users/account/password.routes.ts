import { fields } from '../../http/fields/fields.ts'
import { type AnyRoute, route } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import type { Limits } from '../../limits/limits.ts'
import { userFields } from '../fields.routes.ts'
import { type ChangePasswordDeps, changePassword } from './change-password.ts'
import { type ConfirmResetDeps, confirmReset } from './confirm-reset.ts'
import { askerOf, dangerousRefusals, type Guarded } from './me.routes.ts'
import { proofIn } from './proof.routes.ts'
import { type RequestMailDeps, requestReset } from './request-reset.ts'

type PasswordDeps = Guarded & ChangePasswordDeps & RequestMailDeps & ConfirmResetDeps & { limits: Limits }

const Message = schema.object({ message: schema.text() })

/** A new password: with the old one, or by mail. */
export function passwordRoutes(deps: PasswordDeps): AnyRoute[] {
  return [changeRoute(deps), requestRoute(deps), confirmRoute(deps)]
}

function changeRoute(deps: PasswordDeps): AnyRoute {
  return route({
    method: 'POST',
    path: '/api/password/change/',
    name: 'Password Change',
    summary: 'Take another password; all other sessions end',
    body: fields({ old_password: userFields.password, new_password: userFields.chosenPassword }),
    answers: { 200: Message },
    refusals: dangerousRefusals,
    policies: deps.limits.policies('reauthenticate'),
    guard: deps.guard,
    async handle(request, claims) {
      const { old_password: oldPassword, new_password: newPassword } = request.body
      await changePassword(deps, askerOf(request, claims), { oldPassword, newPassword })
      return { body: { message: 'The password was changed. All other sessions have ended.' } }
    },
  })
}

function requestRoute(deps: PasswordDeps): AnyRoute {
  return route({
    method: 'POST',
    path: '/api/password/reset/',
    name: 'Password Reset',
    summary: 'Ask for a link to a new password, by mail',
    body: fields({ email: userFields.email }),
    answers: { 200: Message },
    refusals: ['throttled', 'unavailable'],
    policies: deps.limits.policies('reset'),
    async handle({ body: { email }, origin }) {
      await requestReset(deps, { email, origin })
      return { body: { message: 'If an account has this address, a mail is on its way.' } }
    },
  })
}

function confirmRoute(deps: PasswordDeps): AnyRoute {
  const { token, proofEmail: email, code, chosenPassword: new_password } = userFields
  return route({
    method: 'POST',
    path: '/api/password/reset/confirm/',
    name: 'Password Reset Confirm',
    summary: 'Set a new password with what the mail says; all sessions end',
    body: fields({ token, email, code, new_password }),
    answers: { 200: Message },
    refusals: ['throttled', 'overloaded', 'unavailable'],
    policies: deps.limits.policies('code'),
    async handle(request) {
      const { body, origin } = request
      const proof = proofIn(body)
      await confirmReset(deps, { proof, newPassword: body.new_password, origin, signal: request.signal() })
      return { body: { message: 'The password was changed. All sessions have ended.' } }
    },
  })
}
