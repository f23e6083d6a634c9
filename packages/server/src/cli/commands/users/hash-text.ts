import { settings } from '../../../config/settings.ts'
import type { HashState } from '../../../passwords/describe.ts'
import type { HashCount } from '../../../users/hashes.ts'
import { tableText } from '../../terminal/table.ts'

const states: Readonly<Record<HashState, string>> = {
  current: 'as the settings have it',
  older: 'made anew at the next login',
  weak: 'weak, made anew at the next login',
  refused: 'weak, no login before it is wrapped',
  locked: `no login without ${settings.devisePepper.env}`,
  unusable: 'no password',
  unknown: 'no login, nothing reads it',
}

/** Kinds of hashes, a line each. */
export function hashesTable(counts: readonly HashCount[]): string {
  return tableText([
    ['FORMAT', 'PARAMETERS', 'USERS', 'STATE'],
    ...counts.map(({ format, parameters, users, state }) => [
      format,
      parameters || '-',
      String(users),
      states[state],
    ]),
  ])
}

/** The same for programs. */
export function hashesJson(counts: readonly HashCount[]) {
  return counts.map(({ format, parameters, users, state, canWrap }) => ({
    format,
    parameters: parameters || null,
    users,
    state,
    can_wrap: canWrap,
  }))
}
