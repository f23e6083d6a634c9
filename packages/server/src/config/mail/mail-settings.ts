import { anyText } from '../parsers.ts'
import { setting } from '../setting.ts'
import { sender, smtp } from './mail-parsers.ts'

/** How mail leaves this deployment, and what it looks like. */
export const mailSettings = {
  smtp: setting({
    env: 'SMTP_URL',
    parse: smtp,
    secret: true,
    doc: 'The server that takes our mail: `smtp://USER:PASSWORD@HOST:587` turns TLS on before it logs in, `smtps://…:465` begins with it. TLS is required unless the server is on this machine; `?tls=off` gives it up, `?tls=required` insists on it there too. Not set: mail stays in the outbox, and nothing leaves this machine.',
  }),
  mailFrom: setting({
    env: 'MAIL_FROM',
    parse: sender,
    doc: 'Who our mail is from: `Example <no-reply@example.com>`. Needed with `SMTP_URL`. The name is also what mails call this place; without one they take the host of the issuer.',
  }),
  mailTemplates: setting({
    env: 'COUNTERSIGN_MAIL_TEMPLATES',
    parse: anyText,
    doc: 'Folder of texts that stand for ours: `reset_password.subject.txt`, `reset_password.txt`, `reset_password.html` and so on. See the guide to mail.',
  }),
} as const
