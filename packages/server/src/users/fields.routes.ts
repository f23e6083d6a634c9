import { text } from '../http/fields/fields.ts'
import { passwordFieldFaults } from '../passwords/policy.ts'
import { emailFormFault, maxEmailLength } from './email.ts'
import { usernameFault } from './names.ts'

const username = {
  maxLength: 150,
  first: [usernameFault],
  description: 'Letters, digits and @ . + - _; unique whatever its case or Unicode spelling',
  example: 'alice',
} as const

const newPassword = {
  trim: false,
  first: [(value: string) => passwordFieldFaults(value.replaceAll('\0', ''))[0]],
  format: 'password',
  description: 'At least 8 characters, at most 1024 bytes; taken exactly as given',
} as const

const email = {
  maxLength: maxEmailLength,
  last: [emailFormFault],
  notText: 'Enter a valid email address.',
  format: 'email',
  example: 'alice@example.com',
} as const

/** The fields of users' bodies, each with the rules that go for it wherever it stands. */
export const userFields = {
  username: text(username),
  otherUsername: text({ ...username, optional: true }),
  newPassword: text({ ...newPassword, example: 'test1234' }),
  chosenPassword: text({ ...newPassword, example: 'a quiet harbour' }),
  email: text(email),
  ownEmail: text({ ...email, optional: true, allowBlank: true }),
  /** one that is there already: whatever it is, it is compared */
  password: text({ trim: false, format: 'password', example: 'test1234' }),
  /** for what asks for it unless the login was a moment ago */
  recentPassword: text({
    ...{ optional: true, trim: false, format: 'password' },
    description:
      'Needed unless this session was opened within the last minutes (`COUNTERSIGN_REAUTH_WINDOW`)',
    example: 'test1234',
  }),
  token: text({ optional: true, description: 'The secret of the link in the mail' }),
  proofEmail: text({ optional: true, description: 'Beside `code`: the address that the mail came to' }),
  code: text({
    optional: true,
    description: 'The eight digits of the mail, where the link cannot be followed',
  }),
} as const
