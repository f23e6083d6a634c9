import type { Tools } from '../../app/tools.ts'
import { superuserFromEnvironment } from '../../config/environment/superuser.ts'
import { canonicalEmail } from '../../users/email.ts'
import { canonicalName } from '../../users/names.ts'
import { createUser } from '../../users/register.ts'
import { command, dataFlag } from '../command.ts'
import { CommandError } from '../failure.ts'
import { isConfirmed, type Terminal } from '../terminal/terminal.ts'
import { withTools } from '../tools.ts'
import {
  newEmailFault,
  newPasswordFaults,
  newUsernameFault,
  objections,
  sayWarnings,
} from './users/new-user.ts'

const help = `Usage: countersign createsuperuser [--username NAME] [--email ADDRESS] [--noinput]

Creates a user who is staff and superuser, as Django's command of that name does.
What no flag tells is asked for; without a terminal each answer is a line of
stdin. A weak password is taken if you insist.

  --username NAME   his name
  --email ADDRESS   his e-mail address; may be empty
  --noinput         ask nothing; the password, and what no flag tells, comes from
                    the environment:
                      COUNTERSIGN_SUPERUSER_USERNAME  or DJANGO_SUPERUSER_USERNAME
                      COUNTERSIGN_SUPERUSER_EMAIL     or DJANGO_SUPERUSER_EMAIL
                      COUNTERSIGN_SUPERUSER_PASSWORD  or DJANGO_SUPERUSER_PASSWORD
                    A weak password is taken with a warning.
  --data FOLDER     folder of the database, ./countersign-data if not given`

interface Wishes {
  username?: string
  email?: string
}

interface Superuser {
  username: string
  email: string
  password: string
}

/** An administrator, made as Django's users expect it. */
export const createsuperuser = command({
  name: 'createsuperuser',
  help,
  flags: {
    ...dataFlag,
    username: { type: 'string' },
    email: { type: 'string' },
    noinput: { type: 'boolean' },
    'no-input': { type: 'boolean' },
  },
  async run({ values, terminal }) {
    const asksNothing = values.noinput || values['no-input']
    const created = await withTools({ flags: values, wanted: 'created' }, async (tools) => {
      const superuser = asksNothing
        ? await withoutQuestions(tools, values, terminal)
        : await withQuestions(tools, values, terminal)
      const flags = { isStaff: true, isSuperuser: true, policy: 'bypass' } as const
      const user = await createUser(tools, { ...superuser, ...flags })
      tools.audit.record('user.created', { user_id: user.id, reason: 'superuser' })
      return user
    })
    terminal.print(`Created superuser ${created.username}, id ${created.id}.`)
    return 0
  },
})

async function withoutQuestions(tools: Tools, wishes: Wishes, terminal: Terminal): Promise<Superuser> {
  const found = superuserFromEnvironment()
  const username = wishes.username ?? required(found.username, 'username', ' or --username')
  const email = wishes.email ?? found.email ?? ''
  const password = required(found.password, 'password', '')
  const fault = newUsernameFault(username) ?? newEmailFault(email) ?? newPasswordFaults(password)[0]
  if (fault) throw new CommandError(fault)
  sayWarnings(terminal, await objections(tools, password, { username, email }))
  return { username, email, password }
}

function required(value: string | undefined, what: string, flag: string): string {
  if (value) return value
  throw new CommandError(`--noinput needs a ${what}: COUNTERSIGN_SUPERUSER_${what.toUpperCase()}${flag}.`)
}

async function withQuestions(tools: Tools, wishes: Wishes, terminal: Terminal): Promise<Superuser> {
  const username = await given(wishes.username, 'Username: ', {
    terminal,
    faultOf: async (name) => newUsernameFault(name) ?? (await takenFault(tools, { username: name })),
  })
  const email = await given(wishes.email, 'Email address: ', {
    terminal,
    faultOf: async (address) => newEmailFault(address) ?? (await takenFault(tools, { email: address })),
  })
  return { username, email, password: await askPassword(tools, terminal, { username, email }) }
}

interface Asking {
  terminal: Terminal
  faultOf: (answer: string) => Promise<string | undefined>
}

/** What a flag told, or the first answer that nothing is wrong with. */
async function given(told: string | undefined, question: string, asking: Asking): Promise<string> {
  const { terminal, faultOf } = asking
  for (;;) {
    const answer = told ?? (await terminal.ask(question)).trim()
    const fault = await faultOf(answer)
    if (!fault) return answer
    if (told !== undefined) throw new CommandError(fault)
    terminal.say(`Error: ${fault}`)
  }
}

async function takenFault(
  { store }: Tools,
  { username = '', email = '' }: { username?: string; email?: string },
): Promise<string | undefined> {
  const [taken] = await store.findTaken({
    username_canonical: canonicalName(username),
    email_canonical: email === '' ? null : canonicalEmail(email),
  })
  return taken && `Somebody has that ${taken === 'email' ? 'e-mail address' : 'username'} already.`
}

async function askPassword(
  tools: Tools,
  terminal: Terminal,
  owner: { username: string; email: string },
): Promise<string> {
  for (;;) {
    const password = await terminal.askSecret('Password: ')
    const isSame = (await terminal.askSecret('Password (again): ')) === password
    const faults = isSame ? newPasswordFaults(password) : ['The two passwords differ.']
    for (const fault of faults) terminal.say(`Error: ${fault}`)
    if (faults.length === 0 && (await isAccepted(tools, terminal, { ...owner, password }))) return password
  }
}

/** A weak one is taken where the person insists. */
async function isAccepted(
  tools: Tools,
  terminal: Terminal,
  { password, ...owner }: Superuser,
): Promise<boolean> {
  const found = await objections(tools, password, owner)
  for (const objection of found) terminal.say(objection)
  return found.length === 0 || isConfirmed(terminal, 'Bypass password validation and create user anyway?')
}
