import { Link } from 'wouter-preact'
import type { Home, SignedIn, Warning } from '../../api/answers.ts'
import { can } from '../../app/session.ts'
import { Card } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Icon } from '../../ui/icons.tsx'

interface Place {
  /** somebody may be in danger now */
  isUrgent?: true
  /** where it is seen or mended */
  href: string
  label: string
  /** what one needs to see that */
  permission: string
}

const { look } = text.home

const settingOf = (name: string) =>
  ({ href: `/settings?search=${name}`, label: look.setting, permission: 'settings.read' }) as const

const places: Readonly<Record<Warning['code'], Place>> = {
  migrations_pending: { isUrgent: true, href: '/system', label: look.system, permission: 'system.read' },
  http_issuer: { isUrgent: true, ...settingOf('COUNTERSIGN_ISSUER') },
  reuse_detected: {
    ...{ isUrgent: true, href: '/audit?event=auth.refresh.reuse_detected' },
    ...{ label: look.events, permission: 'audit.read' },
  },
  proxy_not_trusted: { isUrgent: true, ...settingOf('COUNTERSIGN_TRUST_PROXY') },
  limits_off: settingOf('COUNTERSIGN_LIMITS'),
  one_owner: { href: '/users', label: look.users, permission: 'users.read' },
  no_smtp: settingOf('SMTP_URL'),
  mail_failed: { href: '/mail?state=failed', label: look.mail, permission: 'mail.read' },
  old_key: { href: '/keys', label: look.keys, permission: 'keys.read' },
}

/** What needs a look, each with what to do and the way there. */
export function Warnings({ warnings, session }: Pick<Home, 'warnings'> & { session: SignedIn }) {
  if (warnings.length === 0)
    return (
      <p class="flex items-center gap-2.5 rounded-xl border border-line bg-paper px-4 py-3 text-sm shadow-cast">
        <Icon name="check" className="size-4.5 text-good" />
        {text.home.allWell}
      </p>
    )
  return (
    <Card title={text.home.warnings}>
      <ul class="divide-y divide-line">
        {warnings.map((warning) => (
          <Row key={warning.code} warning={warning} session={session} />
        ))}
      </ul>
    </Card>
  )
}

function Row({ warning: { code, detail, todo }, session }: { warning: Warning; session: SignedIn }) {
  const place = places[code]
  return (
    <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm sm:flex-nowrap">
      <Icon
        name="warning"
        className={`size-5 self-start sm:mt-0.5 ${place.isUrgent ? 'text-bad' : 'text-warn'}`}
      />
      <p class="min-w-0 flex-1 basis-[calc(100%-2.25rem)] sm:basis-0">
        <span class="block font-medium">{detail}</span>
        <span class="block wrap-anywhere text-soft">{todo}</span>
      </p>
      {can(session, place.permission) && (
        <Link
          href={place.href}
          class="ml-9 inline-flex min-h-8 items-center gap-1 font-medium whitespace-nowrap text-accent hover:underline sm:ml-0"
        >
          {place.label}
          <Icon name="next" className="size-4" />
        </Link>
      )}
    </li>
  )
}
