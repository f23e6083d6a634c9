import type { Tools } from '../../app/tools.ts'
import type { SigningKeyRow } from '../../store/schema.ts'
import { durationText, instantText, isoText } from '../../times.ts'
import { knownAt, revokeKey, rotateKeys } from '../../tokens/key-schedule.ts'
import { command, dataFlag, group } from '../command.ts'
import { CommandError } from '../failure.ts'
import { tableText } from '../terminal/table.ts'
import { isConfirmed, type Terminal } from '../terminal/terminal.ts'
import { withTools } from '../tools.ts'

const help = `Usage: countersign keys list [--json]
       countersign keys rotate [--now]
       countersign keys revoke KID [--yes]

list     the keys that sign access tokens: next is published and does not sign
         yet, current signs, retiring has signed tokens that still live
rotate   next becomes current, current becomes retiring, a new next is published.
         Servers do this by themselves on schedule. It is refused until every
         resource server can have seen next: six minutes after it was published
revoke   for a key that leaked: it leaves the published keys and every access
         token it signed dies at once. Sessions go on; clients refresh. KID may be
         its first characters, eight or more

Run rotate and revoke with the settings of the server, above all its secret and
its COUNTERSIGN_ACCESS_TTL: they decide how the new key is sealed and how long the
old one stays.

  --now            rotate without waiting: until they read the published keys
                   again, resource servers may refuse the new tokens
  --yes            do not ask
  --json           for programs: an array of objects
  --data FOLDER    folder of the database, ./countersign-data if not given`

const list = command({
  name: 'keys list',
  help,
  flags: { ...dataFlag, json: { type: 'boolean' } },
  async run({ values, terminal }) {
    const found = await withTools({ flags: values, wanted: 'existing' }, ({ store }) => store.listKeys())
    const rows = found.sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state))
    if (values.json) terminal.print(JSON.stringify(rows.map(keyJson)))
    else if (rows.length === 0) terminal.say(noKeys)
    else terminal.print(keysTable(rows))
    return 0
  },
})

const rotate = command({
  name: 'keys rotate',
  help,
  flags: { ...dataFlag, now: { type: 'boolean' } },
  async run({ values, terminal }) {
    const kid = await withTools({ flags: values, wanted: 'existing' }, (tools) =>
      rotateOnce(tools, values.now ? 'at_once' : 'once_known'),
    )
    terminal.print(`Rotated: ${kid} signs from now on.`)
    return 0
  },
})

const revoke = command({
  name: 'keys revoke',
  help,
  flags: { ...dataFlag, yes: { type: 'boolean' } },
  operands: ['KID'],
  async run({ values, operands: [given = ''], terminal }) {
    await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const { kid } = findKey(await tools.store.listKeys(), given)
      if (!values.yes) await confirmRevocation(terminal, kid)
      const { keyDeps } = await tools.openKeys()
      if ((await revokeKey(keyDeps, kid, tools.clock())) !== 'revoked')
        throw new CommandError(changedMeanwhile)
      tools.audit.record('key.revoked', { kid })
      terminal.print(`Revoked ${kid}: no token it signed is good any more.`)
    })
    return 0
  },
})

/** The keys that sign access tokens. */
export const keys = group('keys', help, { list, rotate, revoke })

/** What is over comes first, what is to come last. */
const states = ['retired', 'retiring', 'current', 'next']
const noKeys = 'There are no signing keys yet: the first start of the server makes them.'
const changedMeanwhile =
  'Another process changed the keys at the same moment. Look again: countersign keys list'

/** @returns the id of the key that signs from now on */
async function rotateOnce(tools: Tools, when: 'at_once' | 'once_known'): Promise<string> {
  const now = tools.clock()
  const { keyRing, keyDeps } = await tools.openKeys()
  const next = keyRing.rows().find((row) => row.state === 'next')
  if (!next) throw new CommandError(noKeys)
  switch (await rotateKeys(keyDeps, now, when)) {
    case 'rotated':
      tools.audit.record('key.rotated', { kid: next.kid, reason: when })
      return next.kid
    case 'conflict':
      throw new CommandError(changedMeanwhile)
    case 'too_early':
      throw new CommandError(tooEarly(next, now))
  }
}

function tooEarly(next: SigningKeyRow, now: number): string {
  const known = knownAt(next)
  return (
    'Too early: resource servers may not have seen the next key yet. ' +
    `They will have at ${instantText(known)}, in ${durationText(known - now)}. To do it anyway: countersign keys rotate --now`
  )
}

const shortestPrefix = 8

/** By its whole id, or by the beginning that the banner of `dev` shows. */
function findKey(rows: readonly SigningKeyRow[], given: string): SigningKeyRow {
  const prefix = given.replace(/…$/, '')
  const live = rows.filter(({ state }) => state !== 'retired')
  const found = live.filter(
    ({ kid }) => kid === prefix || (prefix.length >= shortestPrefix && kid.startsWith(prefix)),
  )
  if (found.length === 1 && found[0]) return found[0]
  throw new CommandError(`There is no live key ${given}. See: countersign keys list`)
}

async function confirmRevocation(terminal: Terminal, kid: string): Promise<void> {
  terminal.say(`Every access token that ${kid} signed dies at once. Sessions go on: clients refresh.`)
  if (!(await isConfirmed(terminal, 'Revoke it?'))) throw new CommandError('Nothing was revoked.')
}

/** Never the private part. */
function keyJson(row: SigningKeyRow) {
  return {
    kid: row.kid,
    algorithm: row.algorithm,
    state: row.state,
    created_at: isoText(row.created_at),
    activated_at: row.activated_at === null ? null : isoText(row.activated_at),
    retires_at: row.retires_at === null ? null : isoText(row.retires_at),
  }
}

function keysTable(rows: readonly SigningKeyRow[]): string {
  return tableText([
    ['KID', 'ALGORITHM', 'STATE', 'CREATED', 'SIGNS SINCE', 'RETIRES'],
    ...rows.map((row) => [
      row.kid,
      row.algorithm,
      row.state,
      instantText(row.created_at),
      row.activated_at === null ? '-' : instantText(row.activated_at),
      row.retires_at === null ? '-' : instantText(row.retires_at),
    ]),
  ])
}
