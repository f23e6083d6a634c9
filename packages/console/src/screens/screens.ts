import type { Screen } from '../app/screens.ts'
import { text } from '../text/en.ts'
import { Audit } from './audit/audit.tsx'
import { Home } from './home/home.tsx'
import { Import } from './import/import.tsx'
import { Keys } from './keys/keys.tsx'
import { Mail } from './mail/mail.tsx'
import { Sessions } from './sessions/sessions.tsx'
import { Settings } from './settings/settings.tsx'
import { System } from './system/system.tsx'
import { Users } from './users/users.tsx'
import { Webhooks } from './webhooks/webhooks.tsx'

const titles = text.screens

/** Every screen, in the order of the menu. */
export const screens: readonly Screen[] = [
  { path: '/', title: titles.home, icon: 'home', permission: 'home.read', show: Home },
  { path: '/users', title: titles.users, icon: 'users', permission: 'users.read', show: Users },
  {
    path: '/sessions',
    title: titles.sessions,
    icon: 'sessions',
    permission: 'sessions.read',
    show: Sessions,
  },
  { path: '/audit', title: titles.audit, icon: 'audit', permission: 'audit.read', show: Audit },
  { path: '/keys', title: titles.keys, icon: 'keys', permission: 'keys.read', show: Keys },
  { path: '/mail', title: titles.mail, icon: 'mail', permission: 'mail.read', show: Mail },
  {
    path: '/webhooks',
    title: titles.webhooks,
    icon: 'webhooks',
    permission: 'webhooks.read',
    show: Webhooks,
  },
  { path: '/import', title: titles.import, icon: 'import', permission: 'users.import', show: Import },
  {
    path: '/settings',
    title: titles.settings,
    icon: 'settings',
    permission: 'settings.read',
    show: Settings,
  },
  { path: '/system', title: titles.system, icon: 'system', permission: 'system.read', show: System },
]
