import {
  documentOf,
  type Fault,
  formOf,
  html,
  type Input,
  inputOf,
  type Markup,
  type Place,
} from './markup.ts'

const emailInput: Input = { name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'email' }
const codeInput: Input = {
  ...{ name: 'code', label: 'Code', type: 'text', autocomplete: 'one-time-code' },
  ...{ numeric: true, hint: 'The eight digits in the mail' },
}

/** Asks for the address that a link to a new password goes to. */
export function forgotPage(place: Place, faults: readonly Fault[] = [], email?: string): string {
  const fields = [inputOf({ ...emailInput, ...(email !== undefined && { value: email }) }, faults)]
  const body = html`<p>We send a link to your address. With it you choose a new password.</p>
      ${formOf({ action: `${place.base}/account/forgot`, button: 'Send the link', fields })}`
  return documentOf({ title: 'Choose a new password', place, faults, body })
}

/** Whose password is chosen, and what proves that one may. */
export type ResetBy = { token: string; username: string } | { email: string; code?: string }

/** Chooses a new password: behind a link, or with the code beside it. */
export function resetPage(place: Place, by: ResetBy, faults: readonly Fault[] = []): string {
  const isLink = 'token' in by
  const before = isLink
    ? [
        inputOf({
          name: 'username',
          label: 'Username',
          type: 'text',
          autocomplete: 'username',
          value: by.username,
          fixed: true,
        }),
      ]
    : [inputOf({ ...emailInput, value: by.email, fixed: true }), codeField(by.code, faults)]
  const fields = [...before, ...newPasswordFields(place, faults)]
  const hidden = isLink ? { token: by.token } : {}
  const body = html`${isLink ? undefined : mailSent('With its link you choose a new password; or do it here, with its code.')}
      ${formOf({ action: `${place.base}/account/reset`, button: 'Save the new password', hidden, fields })}
      <p class="note">All devices are logged out then.</p>${isLink ? undefined : noMail(`${place.base}/account/forgot`)}`
  return documentOf({ title: isLink ? 'Choose a new password' : 'Check your mail', place, faults, body })
}

function codeField(code: string | undefined, faults: readonly Fault[]): Markup {
  return inputOf({ ...codeInput, ...(code !== undefined && { value: code }) }, faults)
}

function newPasswordFields({ minPasswordLength }: Place, faults: readonly Fault[]): Markup[] {
  const kind = { type: 'password', autocomplete: 'new-password' } as const
  const hint = `At least ${minPasswordLength} characters. A few words that belong together only for you are good.`
  return [
    inputOf({ ...kind, name: 'new_password', label: 'New password', hint }, faults),
    inputOf({ ...kind, name: 'new_password_again', label: 'New password, once more' }, faults),
  ]
}

function mailSent(then: string): Markup {
  return html`<p>If this address is the right one, a mail is on its way. ${then}</p>`
}

function noMail(again: string): Markup {
  return html`
      <p class="note">No mail after some minutes? Look among the spam, or <a href="${again}">ask again</a>.</p>`
}

/** Asks for the address that waits to be confirmed. */
export function resendPage(place: Place, faults: readonly Fault[] = [], email?: string): string {
  const fields = [inputOf({ ...emailInput, ...(email !== undefined && { value: email }) }, faults)]
  const body = html`<p>We send another mail, if this address still waits to be confirmed.</p>
      ${formOf({ action: `${place.base}/account/resend`, button: 'Send the mail', fields })}`
  return documentOf({ title: 'Confirm your address', place, faults, body })
}

/** Confirms an address by the code in the mail. */
export function codePage(
  place: Place,
  by: { email?: string; code?: string },
  faults: readonly Fault[] = [],
): string {
  const { email, code } = by
  const known = email === undefined ? {} : ({ value: email, fixed: true } as const)
  const fields = [inputOf({ ...emailInput, ...known }, faults), codeField(code, faults)]
  const intro =
    email === undefined
      ? html`<p>Type the code that came by mail.</p>`
      : mailSent('Follow its link, or type its code here.')
  const body = html`${intro}
      ${formOf({ action: `${place.base}/account/verify`, button: 'Confirm', fields })}${noMail(`${place.base}/account/resend`)}`
  const title = email === undefined ? 'Confirm your address' : 'Check your mail'
  return documentOf({ title, place, faults, body })
}

/** Behind the link that confirms the address of a registration. */
export function verifyPage(place: Place, { email, token }: { email: string; token: string }): string {
  const body = html`<p>Is <strong>${email}</strong> your address?</p>
      ${formOf({ action: `${place.base}/account/verify`, button: 'Yes, confirm it', hidden: { token } })}
      <p class="note">If you have not signed up at ${place.site}, close this page: nothing happens.</p>`
  return documentOf({ title: 'Confirm your address', place, body })
}

/** Behind the link that makes an address the user's own. */
export function changePage(
  place: Place,
  change: { username: string; from: string; to: string; token: string },
): string {
  const { username, from, to, token } = change
  const body = html`<p>From then on mail for <strong>${username}</strong> goes to <strong>${to}</strong>${
    from === '' ? undefined : html` instead of ${from}`
  }. Other devices are logged out.</p>
      ${formOf({ action: `${place.base}/account/email`, button: 'Take this address', hidden: { token } })}
      <p class="note">If you have not asked for it, close this page: nothing happens.</p>`
  return documentOf({ title: 'Take a new address', place, body })
}

/** What was done, by the name in the address of its page. */
export const doneThings = {
  password: {
    title: 'Your password is changed',
    text: 'All devices are logged out. Log in with the new password.',
  },
  verified: { title: 'Your address is confirmed', text: 'Thank you. You can close this page.' },
  email: {
    title: 'Your address is changed',
    text: 'Mail goes to the new address from now on. We have told the old one.',
  },
} as const
export type Done = keyof typeof doneThings

export function donePage(place: Place, done: Done): string {
  const { title, text } = doneThings[done]
  return documentOf({ title, place, body: html`<p>${text}</p>`, mark: 'done' })
}

type Way = 'reset' | 'verify' | 'email'

function wayOn({ base }: Place, of: Way): Markup {
  if (of === 'email') return html`<p>Ask for the change again where you asked for it.</p>`
  const [path, button] = of === 'reset' ? ['forgot', 'Ask for a new link'] : ['resend', 'Ask for a new mail']
  return html`<p><a class="button" href="${base}/account/${path}">${button}</a></p>`
}

/** Behind a link that is spent, too old, or never was one. */
export function expiredPage(place: Place, of: Way): string {
  const body = html`<p>It was used already, or it is too old, or a newer one has been sent. Links work once, for a while.</p>
      ${wayOn(place, of)}`
  return documentOf({ title: 'This link is no longer valid', place, body })
}

/** Says that something cannot be done now, and why. */
export function refusalPage(place: Place, refusal: { title: string; text: string }): string {
  return documentOf({ title: refusal.title, place, body: html`<p>${refusal.text}</p>` })
}
