/** What a letter with a link says: the link opens a page that asks for a click, the code can be typed instead. */
interface Invitation {
  username: string
  /** where the link leads, from the root of the public address: `/account/reset?token=…` */
  path: string
  /** the whole address of another page that it leads to instead */
  link?: string
  /** digits */
  code: string
  /** when link and code end, epoch milliseconds; later the letter is not sent any more */
  expiresAt: number
}

/** What a letter says about something that has happened. */
interface Notice {
  username: string
  /** epoch milliseconds */
  at: number
  /** of whoever did it; empty where nobody knows, as with a command of an operator */
  device: string
  address: string
}

/** Every letter, and what it takes to write it. */
export interface LetterFacts {
  /** to the address that is to be verified */
  verify_email: Invitation
  reset_password: Invitation
  /** to the new address, which is to be verified first */
  change_email: Invitation
  /** to the owner of an address that somebody tried to register again */
  account_exists: { username: string }
  password_changed: Notice
  /** to the old address */
  email_changed: Notice
  /** with the old name */
  username_changed: Notice
  account_deleted: Notice
  /** an administrator sends the link; the password stays good until then */
  reset_sent: Invitation
  /** an administrator has taken the password away */
  reset_required: Invitation
  role_changed: Notice & { role: string }
  /** for `countersign mail test` */
  test: { at: number }
}

export type Template = keyof LetterFacts

/** The words of a letter; what stands in double braces is filled in. */
export interface Words {
  subject: string
  heading: string
  /** paragraphs before the link or the details */
  opening: readonly string[]
  /** what the link is called; with it come the code and when both end */
  action?: string
  /** a name and what it is, a line each */
  details?: readonly (readonly [string, string])[]
  /** paragraphs at the end */
  closing: readonly string[]
}

const circumstances = [
  ['When', '{{when}}'],
  ['Device', '{{device}}'],
  ['Address', '{{address}}'],
] as const

const ignore = 'ignore this mail: nothing happens without you.'

/**
 * All words that we send. A letter to an address that nobody has verified yet says nothing that a stranger has chosen,
 * not even a user name: whoever registers could make us carry it to anybody.
 */
export const catalogue = {
  verify_email: {
    subject: 'Confirm your e-mail address for {{site}}',
    heading: 'Confirm your e-mail address',
    opening: ['Welcome to {{site}}. Please confirm that this address is yours.'],
    action: 'Confirm this address',
    closing: [`If you have not signed up at {{site}}, ${ignore}`],
  },
  reset_password: {
    subject: 'Choose a new password for {{site}}',
    heading: 'Forgot your password?',
    opening: ['Somebody, probably you, asked for a new password for {{username}} at {{site}}.'],
    action: 'Choose a new password',
    closing: [
      'If it was not you, ignore this mail: your password stays as it is.',
      'Keep the code to yourself. Nobody from {{site}} will ever ask you for it.',
    ],
  },
  change_email: {
    subject: 'Confirm your new e-mail address for {{site}}',
    heading: 'Confirm your new address',
    opening: ['Somebody, probably you, wants mail from {{site}} to come to this address from now on.'],
    action: 'Confirm this address',
    closing: [`If it was not you, ${ignore}`],
  },
  account_exists: {
    subject: 'You already have an account at {{site}}',
    heading: 'You already have an account',
    opening: [
      'Somebody, probably you, tried to sign up at {{site}} with this address. It belongs to {{username}} already.',
      'Log in as usual, or ask for a new password if you have forgotten yours.',
    ],
    closing: ['If it was not you, ignore this mail: nothing has changed.'],
  },
  password_changed: {
    subject: 'Your password at {{site}} was changed',
    heading: 'Your password was changed',
    opening: ['The password of {{username}} at {{site}} is a new one, and all other devices are logged out.'],
    details: circumstances,
    closing: [
      'If it was you, there is nothing to do.',
      'If it was not, somebody else may be in your account: go to {{site}} now and ask for a new password.',
    ],
  },
  email_changed: {
    subject: 'Your e-mail address at {{site}} was changed',
    heading: 'Your e-mail address was changed',
    opening: [
      'From now on mail for {{username}} at {{site}} goes to another address. This is the last one that comes here.',
    ],
    details: circumstances,
    closing: [
      'If it was you, there is nothing to do.',
      'If it was not, somebody else may be in your account: tell {{site}} at once.',
    ],
  },
  username_changed: {
    subject: 'Your user name at {{site}} was changed',
    heading: 'Your user name was changed',
    opening: ['You were {{username}} at {{site}} until now. From now on you log in with another user name.'],
    details: circumstances,
    closing: [
      'If it was you, there is nothing to do.',
      'If it was not, somebody else may be in your account: go to {{site}} now and ask for a new password.',
    ],
  },
  account_deleted: {
    subject: 'Your account at {{site}} was deleted',
    heading: 'Your account was deleted',
    opening: ['{{username}} at {{site}} is gone, and all devices are logged out.'],
    details: circumstances,
    closing: ['If it was not you who did it, tell {{site}} at once.', 'Goodbye, and all the best.'],
  },
  reset_sent: {
    subject: 'Choose a new password for {{site}}',
    heading: 'Here you can choose a new password',
    opening: [
      'An administrator of {{site}} sends you this link, with which {{username}} can choose a new password.',
    ],
    action: 'Choose a new password',
    closing: [
      'If you need none, ignore this mail: your password stays as it is.',
      'Keep the code to yourself. Nobody from {{site}} will ever ask you for it.',
    ],
  },
  reset_required: {
    subject: 'You need a new password for {{site}}',
    heading: 'You need a new password',
    opening: [
      'An administrator of {{site}} has taken the password of {{username}} away, and all devices are logged out.',
      'Choose a new one to log in again. If you use the old one elsewhere, change it there too.',
    ],
    action: 'Choose a new password',
    closing: [
      'If the link has ended, ask for another one where you log in.',
      'Keep the code to yourself. Nobody from {{site}} will ever ask you for it.',
    ],
  },
  role_changed: {
    subject: 'Your role at {{site}} was changed',
    heading: 'Your role was changed',
    opening: ['{{username}} has another role among the administrators of {{site}} now: {{role}}.'],
    details: circumstances,
    closing: ['If this surprises you, tell {{site}} at once.'],
  },
  test: {
    subject: 'Mail from {{site}} works',
    heading: 'Mail works',
    opening: ['This is the test that somebody asked for on the command line of {{site}}. It has arrived.'],
    details: [['Sent', '{{when}}']],
    closing: ['There is nothing to do.'],
  },
} as const satisfies Record<Template, Words>

export const templates = Object.keys(catalogue) as Template[]
