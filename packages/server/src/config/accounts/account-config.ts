import type { Problem } from '../problem.ts'
import type { SettingValues } from '../settings.ts'
import { accountSettings } from './account-settings.ts'

type Values = Pick<SettingValues, keyof typeof accountSettings | 'email' | 'smtp'>

const { emailVerification, loginBy, hideEmails } = accountSettings

/** What is wrong with the settings of accounts together, though each is fine by itself. */
export function contradictory(values: Values, mode: 'dev' | 'start'): Problem[] {
  const found: Problem[] = []
  const isOff = values.emailVerification === 'off'
  const verify = `Set ${emailVerification.env} to optional or required`
  if (isOff && values.hideEmails === 'on') {
    found.push({
      what: `${hideEmails.env} is on and ${emailVerification.env} is off: only known addresses would get a mail.`,
      remedy: `${verify}.`,
    })
  }
  if (isOff && values.loginBy === 'email') {
    found.push({
      what: `${loginBy.env} is email and ${emailVerification.env} is off: nobody who registers could log in.`,
      remedy: `${verify}, or ${loginBy.env} to both.`,
    })
  }
  if (values.emailVerification !== 'required') return found
  if (values.email === 'optional') {
    found.push({
      what: `${emailVerification.env} is required and COUNTERSIGN_EMAIL is optional: whoever gives no address has none to prove.`,
      remedy: 'Set COUNTERSIGN_EMAIL to required.',
    })
  }
  if (mode === 'start' && !values.smtp) {
    found.push({
      what: `${emailVerification.env} is required and SMTP_URL is not set: nobody who registers could log in.`,
      remedy: `Set SMTP_URL and MAIL_FROM, or ${emailVerification.env} to optional.`,
    })
  }
  return found
}
