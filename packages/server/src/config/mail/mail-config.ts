import type { Problem } from '../problem.ts'
import type { SettingValues } from '../settings.ts'
import { mailSettings } from './mail-settings.ts'

export type MailSetting = keyof typeof mailSettings

/** What is wrong with the settings of mail together, though each is fine by itself. */
export function unsendable({ smtp, mailFrom }: Pick<SettingValues, MailSetting>): Problem[] {
  if (!smtp || mailFrom) return []
  const { smtp: server, mailFrom: from } = mailSettings
  return [
    {
      what: `${server.env} is set and ${from.env} is not: mail needs somebody whom it is from.`,
      remedy: `Set ${from.env} to an address of yours, for example "Example <no-reply@example.com>".`,
    },
  ]
}

/** The server as people may read it, without the login. */
export function smtpText(server: SettingValues['smtp']): string {
  return server ? `${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}` : 'none'
}
