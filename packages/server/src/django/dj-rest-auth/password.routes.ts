import { invalidFields } from '../../errors.ts'
import { fields, text } from '../../http/fields/fields.ts'
import { type AnyRoute, route } from '../../http/route.ts'
import type { Limits } from '../../limits/limits.ts'
import { type ChangePasswordDeps, changePassword } from '../../users/account/change-password.ts'
import { type ConfirmResetDeps, confirmReset } from '../../users/account/confirm-reset.ts'
import { askerOf, dangerousRefusals, type Guarded } from '../../users/account/me.routes.ts'
import { uidOf } from '../../users/account/one-time-secrets.ts'
import { type RequestMailDeps, requestReset } from '../../users/account/request-reset.ts'
import { userFields } from '../../users/fields.routes.ts'
import { Sentence } from './answers.routes.ts'
import type { Profile } from './profile.ts'
import { renamedFaults, retold } from './retell.ts'

export type PasswordDeps = Guarded &
  ChangePasswordDeps &
  RequestMailDeps &
  ConfirmResetDeps & { djRestAuth: Profile; limits: Limits }

/** A new password: with the old one, or by mail. */
export function passwordRoutes(deps: PasswordDeps): AnyRoute[] {
  return [changeRoute(deps), requestRoute(deps), confirmRoute(deps)]
}

const again = text({ trim: false, format: 'password', example: 'a quiet harbour' })
const newPasswords = { new_password1: userFields.chosenPassword, new_password2: again }

const changeTelling = renamedFaults({
  old_password: {
    field: 'old_password',
    message: 'Your old password was entered incorrectly. Please enter it again.',
  },
  password: { field: 'old_password' },
  new_password: { field: 'new_password2' },
})

function changeRoute(deps: PasswordDeps): AnyRoute {
  const { prefix, oldPassword: asked } = deps.djRestAuth
  const old_password = asked === 'always' ? userFields.password : userFields.recentPassword
  return route({
    method: 'POST',
    path: `${prefix}password/change/`,
    name: 'Password Change (dj-rest-auth)',
    summary: 'Take another password; all other sessions end',
    body: fields({ old_password, ...newPasswords }),
    answers: { 200: Sentence },
    refusals: [...dangerousRefusals, 'cross_site'],
    policies: deps.limits.policies('reauthenticate'),
    guard: deps.guard,
    async handle(request, claims) {
      const { old_password: oldPassword } = request.body
      const newPassword = sameTwice(request.body)
      const asker = askerOf(request, claims)
      await retold(() => changePassword(deps, asker, { oldPassword, newPassword }), changeTelling)
      return { body: { detail: 'New password has been saved.' } }
    },
  })
}

/** @throws AuthError `invalid` where they are two */
function sameTwice({ new_password1, new_password2 }: { new_password1: string; new_password2: string }) {
  if (new_password1 === new_password2) return new_password1
  throw invalidFields({ new_password2: ['The two password fields didn’t match.'] })
}

function requestRoute(deps: PasswordDeps): AnyRoute {
  return route({
    method: 'POST',
    path: `${deps.djRestAuth.prefix}password/reset/`,
    name: 'Password Reset (dj-rest-auth)',
    summary: 'Ask for a link to a new password, by mail',
    body: fields({ email: userFields.email }),
    answers: { 200: Sentence },
    refusals: ['throttled', 'unavailable'],
    policies: deps.limits.policies('reset'),
    async handle({ body: { email }, origin }) {
      await requestReset(deps, { email, origin })
      return { body: { detail: 'Password reset e-mail has been sent.' } }
    },
  })
}

const confirmTelling = renamedFaults({
  token: { field: 'token', message: 'Invalid value' },
  new_password: { field: 'new_password2' },
})

function confirmRoute(deps: PasswordDeps): AnyRoute {
  return route({
    method: 'POST',
    path: `${deps.djRestAuth.prefix}password/reset/confirm/`,
    name: 'Password Reset Confirm (dj-rest-auth)',
    summary: 'Set a new password with what the link in the mail says; all sessions end',
    body: fields({
      ...newPasswords,
      uid: text({ description: 'Of the link in the mail' }),
      token: text({ description: 'Of the link in the mail' }),
    }),
    answers: { 200: Sentence },
    refusals: ['throttled', 'overloaded', 'unavailable'],
    async handle(request) {
      const { body, origin } = request
      const proof = { token: body.token, userId: userIdOf(body.uid) }
      const input = { proof, newPassword: sameTwice(body), origin, signal: request.signal() }
      await retold(() => confirmReset(deps, input), confirmTelling)
      return { body: { detail: 'Password has been reset with the new password.' } }
    },
  })
}

/** @throws AuthError `invalid` for what no link of ours has */
function userIdOf(uid: string): string {
  const userId = Buffer.from(uid, 'base64url').toString()
  if (uidOf(userId) !== uid) throw invalidFields({ uid: ['Invalid value'] })
  return userId
}
