import { choice, duration } from '../parsers.ts'
import { setting } from '../setting.ts'

/** What users may do with their own accounts, and what they must show. */
export const accountSettings = {
  reauthSeconds: setting({
    env: 'COUNTERSIGN_REAUTH_WINDOW',
    parse: duration(0, 3_600),
    default: '5m',
    doc: 'How long after the login a session may change the address or the name, or delete the account, without the password. 0 asks for it each time.',
  }),
  userIds: setting({
    env: 'COUNTERSIGN_USER_IDS',
    parse: choice('uuid', 'integer'),
    default: 'uuid',
    doc: 'What new users get as their id: `integer` counts on from the highest number that was imported, so that foreign keys to the users of an old system go on.',
  }),
  emailVerification: setting({
    env: 'COUNTERSIGN_EMAIL_VERIFICATION',
    parse: choice('off', 'optional', 'required'),
    default: 'off',
    doc: '`optional` sends a mail at registration that proves the address; `required` also lets nobody log in before, whose address is not proven. `off` sends none by itself.',
  }),
  loginBy: setting({
    env: 'COUNTERSIGN_LOGIN_BY',
    parse: choice('username', 'email', 'both'),
    default: 'username',
    doc: 'What the `username` of a login may be: the user name, the proven e-mail address, or either.',
  }),
  hideEmails: setting({
    env: 'COUNTERSIGN_HIDE_EMAILS',
    parse: choice('off', 'on'),
    default: 'off',
    doc: '`on`: nobody learns from registration, or from a change of address, that somebody has an address already; its owner gets a mail instead.',
  }),
} as const
