import { text } from '../../text/en.ts'

/** Something that is done to one user or to many alike; the server has the last word on who may. */
export interface UserAct {
  /** what the API calls it */
  name: 'activate' | 'disable' | 'sign-out' | 'send-reset' | 'require-reset' | 'unlock' | 'delete'
  label: string
  /** what will happen, in a sentence */
  means: string
  /** what happened, in a word or two */
  done: string
  permission: string
  isConfirmed: boolean
  isDangerous: boolean
  /** the act that takes it back */
  undo?: 'activate' | 'disable'
}

const words = text.users.acts

export const userActs = {
  activate: {
    name: 'activate',
    ...words.activate,
    permission: 'users.change',
    isConfirmed: false,
    isDangerous: false,
    undo: 'disable',
  },
  disable: {
    name: 'disable',
    ...words.disable,
    permission: 'users.change',
    isConfirmed: false,
    isDangerous: false,
    undo: 'activate',
  },
  signOut: {
    name: 'sign-out',
    ...words.signOut,
    permission: 'users.assist',
    isConfirmed: true,
    isDangerous: false,
  },
  sendReset: {
    name: 'send-reset',
    ...words.sendReset,
    permission: 'users.assist',
    isConfirmed: true,
    isDangerous: false,
  },
  requireReset: {
    name: 'require-reset',
    ...words.requireReset,
    permission: 'users.require_reset',
    isConfirmed: true,
    isDangerous: true,
  },
  unlock: {
    name: 'unlock',
    ...words.unlock,
    permission: 'users.assist',
    isConfirmed: true,
    isDangerous: false,
  },
  delete: {
    name: 'delete',
    ...words.delete,
    permission: 'users.delete',
    isConfirmed: true,
    isDangerous: true,
  },
} as const satisfies Readonly<Record<string, UserAct>>

export const bulkActs: readonly UserAct[] = [
  userActs.activate,
  userActs.disable,
  userActs.signOut,
  userActs.requireReset,
  userActs.delete,
]
