import { AuthError } from '../../errors.ts'
import { compileFields, fields, text } from '../../http/fields/fields.ts'
import { type AnyRoute, type HttpAnswer, type HttpRequest, route } from '../../http/route.ts'
import type { UserRow } from '../../store/schema.ts'
import { type ConfirmResetDeps, confirmReset } from '../account/confirm-reset.ts'
import { proofIn } from '../account/proof.routes.ts'
import { type RequestMailDeps, requestReset } from '../account/request-reset.ts'
import { requestVerification } from '../account/request-verification.ts'
import { type VerifyEmailDeps, verifyEmail } from '../account/verify-email.ts'
import { userFields } from '../fields.routes.ts'
import type { Fault, Place } from './markup.ts'
import {
  changePage,
  codePage,
  type Done,
  donePage,
  doneThings,
  expiredPage,
  forgotPage,
  resendPage,
  resetPage,
  verifyPage,
} from './pages.ts'
import { pageHeaders, showRefusal } from './refusal.routes.ts'

export interface AccountPagesDeps extends RequestMailDeps, ConfirmResetDeps, VerifyEmailDeps {
  store: RequestMailDeps['store'] & ConfirmResetDeps['store'] & VerifyEmailDeps['store']
  place: Place
  /** of this deployment, as browsers write it */
  publicOrigin: string
}

type Handle = (request: HttpRequest<unknown>) => HttpAnswer | Promise<HttpAnswer>

/**
 * The pages that links in mails lead to. What a link would do is done by the form on its page and never by looking at
 * it, since programs look at links before people do. The secret in the form is what lets it act.
 */
export function accountPagesRoutes(deps: AccountPagesDeps): AnyRoute[] {
  const { place } = deps
  const page = { answers: {}, page: true, showRefusal: showRefusal(place) } as const
  const get = (path: string, name: string, handle: Handle) =>
    route({ ...page, method: 'GET', path, name, summary: name, handle })
  const post = (path: string, name: string, handle: Handle) =>
    route({
      ...{ ...page, method: 'POST', path, name, summary: name, guard: ownFormsOnly(deps.publicOrigin) },
      handle,
    })
  const pair = (path: string, name: string, { show, act }: { show: Handle; act: Handle }) => [
    get(path, name, show),
    post(path, name, act),
  ]
  return [
    get('/.well-known/change-password', 'Change Password', () => seeOther(place, 'forgot', 302)),
    ...pair('/account/forgot', 'Forgot Password', {
      show: () => shown(forgotPage(place)),
      act: forgot(deps),
    }),
    ...pair('/account/reset', 'Reset Password', { show: showReset(deps), act: reset(deps) }),
    ...pair('/account/resend', 'Resend', { show: () => shown(resendPage(place)), act: resend(deps) }),
    ...pair('/account/verify', 'Verify Address', { show: showVerify(deps), act: verify(deps) }),
    ...pair('/account/email', 'Change Address', { show: showChange(deps), act: change(deps) }),
    get('/account/done', 'Done', (request) => {
      const of = request.query('of') ?? ''
      if (!Object.hasOwn(doneThings, of)) throw new AuthError('not_found')
      return shown(donePage(place, of as Done))
    }),
  ]
}

const readEmail = compileFields(fields({ email: userFields.email }))
const { token, proofEmail: email, code, chosenPassword: new_password } = userFields
const readProof = compileFields(fields({ token, email, code }))
const passwordForm = { new_password, new_password_again: text({ trim: false }) }
const readReset = compileFields(
  fields({ token, email, code, username: text({ optional: true }), ...passwordForm }),
)

function forgot(deps: AccountPagesDeps): Handle {
  return async ({ body, origin }) => {
    const read = readEmail(body)
    if ('error' in read)
      return shown(forgotPage(deps.place, faultsOf(read.error), textIn(body, 'email')), 400)
    await requestReset(deps, { email: read.value.email, origin })
    return shown(resetPage(deps.place, { email: read.value.email }))
  }
}

function resend(deps: AccountPagesDeps): Handle {
  return async ({ body, origin }) => {
    const read = readEmail(body)
    if ('error' in read)
      return shown(resendPage(deps.place, faultsOf(read.error), textIn(body, 'email')), 400)
    await requestVerification(deps, { email: read.value.email, origin })
    return shown(codePage(deps.place, { email: read.value.email }))
  }
}

function showReset(deps: AccountPagesDeps): Handle {
  return async (request) => {
    const token = request.query('token')
    if (token === undefined) return seeOther(deps.place, 'forgot', 302)
    const found = await find(deps, token)
    if (found?.purpose !== 'reset_password') return expired(deps.place, 'reset')
    return shown(resetPage(deps.place, { token, username: found.user.username }))
  }
}

function reset(deps: AccountPagesDeps): Handle {
  return async (request) => {
    const { body, origin } = request
    const [token, email] = [textIn(body, 'token'), textIn(body, 'email')]
    const by =
      token === undefined
        ? { email: email ?? '', code: textIn(body, 'code') ?? '' }
        : { token, username: textIn(body, 'username') ?? '' }
    const again = (faults: Fault[]) => shown(resetPage(deps.place, by, faults), 400)
    const read = readReset(body)
    if ('error' in read) return again(faultsOf(read.error))
    const { new_password: newPassword, new_password_again: repeated } = read.value
    if (newPassword !== repeated) return again([differs])
    return orFaults(
      async () => {
        const proof = proofIn(read.value)
        await confirmReset(deps, { proof, newPassword, origin, signal: request.signal() })
        return seeOther(deps.place, 'done?of=password')
      },
      (faults) => (hasFault(faults, 'token') ? expired(deps.place, 'reset') : again(faults)),
    )
  }
}

const differs: Fault = { field: 'new_password_again', message: 'The two passwords are not the same.' }

function showVerify(deps: AccountPagesDeps): Handle {
  return async (request) => {
    const token = request.query('token')
    if (token === undefined) return shown(codePage(deps.place, {}))
    const found = await find(deps, token)
    if (found?.purpose !== 'verify_email') return expired(deps.place, 'verify')
    return shown(verifyPage(deps.place, { email: found.email, token }))
  }
}

function verify(deps: AccountPagesDeps): Handle {
  return async ({ body, origin }) => {
    const by = { email: textIn(body, 'email') ?? '', code: textIn(body, 'code') ?? '' }
    const again = (faults: Fault[]) => shown(codePage(deps.place, by, faults), 400)
    const read = readProof(body)
    if ('error' in read) return again(faultsOf(read.error))
    return orFaults(
      async () => {
        await verifyEmail(deps, { proof: proofIn(read.value), origin })
        return seeOther(deps.place, 'done?of=verified')
      },
      (faults) => (hasFault(faults, 'token') ? expired(deps.place, 'verify') : again(faults)),
    )
  }
}

function showChange(deps: AccountPagesDeps): Handle {
  return async (request) => {
    const token = request.query('token') ?? ''
    const found = await find(deps, token)
    if (found?.purpose !== 'change_email') return expired(deps.place, 'email')
    const { username, email: from } = found.user
    return shown(changePage(deps.place, { username, from, to: found.email, token }))
  }
}

function change(deps: AccountPagesDeps): Handle {
  return ({ body, origin }) =>
    orFaults(
      async () => {
        await verifyEmail(deps, { proof: { token: textIn(body, 'token') ?? '' }, origin })
        return seeOther(deps.place, 'done?of=email')
      },
      () => expired(deps.place, 'email'),
    )
}

/** What a link is good for, without using it up. */
async function find({ store, oneTimeSecrets, clock }: AccountPagesDeps, token: string) {
  const found = await store.findSecret({ digest: oneTimeSecrets.digestOf(token), now: clock() })
  const user: UserRow | undefined = found && (await store.findUserById(found.user_id))
  return found && user && { ...found, user }
}

/** Does the work; faults of the input become a page again. */
async function orFaults(
  work: () => Promise<HttpAnswer>,
  show: (faults: Fault[]) => HttpAnswer,
): Promise<HttpAnswer> {
  try {
    return await work()
  } catch (refusal) {
    if (refusal instanceof AuthError && refusal.code === 'invalid') return show(faultsOf(refusal))
    throw refusal
  }
}

function faultsOf({ details, message }: AuthError): Fault[] {
  const { fields } = details
  if (!fields) return [{ message }]
  return Object.entries(fields).flatMap(([field, messages]) =>
    messages.map((message) => (field === 'non_field_errors' ? { message } : { field, message })),
  )
}

function hasFault(faults: readonly Fault[], name: string): boolean {
  return faults.some(({ field }) => field === name)
}

function textIn(body: unknown, name: string): string | undefined {
  const members = typeof body === 'object' && body !== null ? Object.entries(body) : []
  const value: unknown = members.find(([key]) => key === name)?.[1]
  return typeof value === 'string' ? value : undefined
}

function shown(body: string, status = 200): HttpAnswer {
  return { status, headers: pageHeaders, body }
}

function expired(place: Place, of: 'reset' | 'verify' | 'email'): HttpAnswer {
  return shown(expiredPage(place, of), 410)
}

/** After a form another page is looked at, so that nobody sends the form twice by looking again. */
function seeOther({ base }: Place, path: string, status: 302 | 303 = 303): HttpAnswer {
  return { status, headers: { location: `${base}/account/${path}` }, body: '' }
}

/**
 * Refuses a form that another site sends. Pages without a referrer send no origin, so the browser's own word counts.
 * @throws AuthError `cross_site`
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function ownFormsOnly(publicOrigin: string): (request: HttpRequest<unknown>) => void {
  return (request) => {
    const site = request.header('sec-fetch-site')
    const origin = request.header('origin')
    if (site !== undefined ? site === 'same-origin' || site === 'none' : isOurs(origin, publicOrigin)) return
    throw new AuthError('cross_site')
  }
}

function isOurs(origin: string | undefined, publicOrigin: string): boolean {
  return origin === undefined || origin === 'null' || origin === publicOrigin
}
