import type { Explanation, Facts } from './facts.ts'

type Reasons = Readonly<Record<string, (facts: Facts) => Explanation>>

/** Why a logged-in user was not let at something that asks for his password. */
export const passwordReasons: Reasons = {
  wrong_password: ({ who }) => ({
    why: `${who} is logged in, and the password that was typed is not his.`,
    todo: 'He tries again, or asks for a new one by mail. If it was not he, somebody else has his session: end it.',
  }),
}

const mailTodo = 'The user asks for another mail and uses the newest. Did it leave? countersign mail list'

/** Why a link or a code of a mail was refused, by the event's reason. */
export const proofReasons: Reasons = {
  bad_link: () => ({
    why: 'The link was used already, is too old, was for something else, was followed by a newer one, or never was one.',
    todo: mailTodo,
  }),
  bad_code: () => ({
    why: 'The code is wrong, was tried too often, was used already, is too old, or was followed by a newer one.',
    todo: `${mailTodo} Many of these about one user are somebody who guesses.`,
  }),
}
