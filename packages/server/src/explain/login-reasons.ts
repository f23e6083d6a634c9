import type { Explanation, Facts } from './facts.ts'

const guessing = 'Many of these from one address, or for many names, are somebody who guesses.'

/** Why a login was refused, by the event's reason. */
export const loginReasons: Readonly<Record<string, (facts: Facts) => Explanation>> = {
  unknown_user: () => ({
    why: 'Nobody has the name that was typed. It is not kept: it may be a password, typed into the wrong field.',
    todo: `Ask the user which name he types: countersign users list --search NAME. ${guessing}`,
  }),
  wrong_password: ({ who }) => ({
    why: `The name is ${who}'s, and the password is not.`,
    todo: `He asks for a new password, or you set one: countersign users set-password ${who}. ${guessing}`,
  }),
  user_inactive: ({ who }) => ({
    why: `Name and password are ${who}'s, and he is disabled.`,
    todo: `If he should be let in: countersign users enable ${who}`,
  }),
  user_changed: () => ({
    why: 'While the password was checked, twice in a row, the user was changed: disabled, or his password set anew.',
    todo: 'The user tries again. If it happens again and again, something changes him all the time.',
  }),
  email_not_verified: ({ who }) => ({
    why: `Name and password are ${who}'s, and nobody has shown yet that he reads the address that he gave.`,
    todo: 'He follows the link in his mail, or asks for another one. Did it leave? countersign mail list',
  }),
  no_role: ({ who }) => ({
    why: `Name and password are ${who}'s, and he has no role in the admin console, where he wanted to sign in.`,
    todo: 'If he should be let in, an owner gives him a role: in the console, or by countersign createsuperuser.',
  }),
  not_verified: ({ row }) => ({ why: notChecked(row.code), todo: notCheckedTodo(row.code) }),
}

function notChecked(code: string | null): string {
  return code === 'overloaded'
    ? 'The password was not looked at: too many logins waited for a processor, or this one waited too long.'
    : 'The password could not be checked: a fault of ours, which the log has in full.'
}

function notCheckedTodo(code: string | null): string {
  return code === 'overloaded'
    ? 'The client tries again. If it is no flood, give logins more processors or cheaper hashing: countersign doctor.'
    : 'Look into the log for this request id.'
}
