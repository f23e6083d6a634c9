import { createHmac } from 'node:crypto'
import { canonicalAddress, networkOf } from '../ip-address.ts'
import type { RuleName } from './rules.ts'

/** Whom an attempt is about. */
export interface Account {
  /** in its canonical form, as somebody wrote it */
  name: string
  /** of the user who has that name, if anybody has */
  userId?: string | undefined
}

/** Addresses share so many places for each rule, and so do the names that nobody has. */
export const addressPlaces = 2 ** 18
export const namePlaces = 2 ** 16

/** Where an attempt is counted. A key says the rule, and nothing about whom. */
export interface Keys {
  /** a place among a fixed number: no crowd of addresses makes the table grow beyond it */
  address(rule: RuleName, address: string): string
  /** a user's own; of a name that nobody has, a place among a fixed number */
  account(rule: RuleName, account: Account): string
  /** of a user at an address */
  pair(rule: RuleName | 'known', pair: { account: Account; address: string }): string
  /** how many addresses of the user were remembered */
  remembered(account: Account): string
  /** a whole number below `places` */
  place(kind: string, text: string, places: number): number
}

/** @param secret a key that serves nothing else: without it nobody finds out whom a row is about, or who shares a place */
export function createKeys(secret: Buffer): Keys {
  const digest = (kind: string, text: string) =>
    createHmac('sha256', secret).update(`${kind}\0${text}`).digest()
  const place: Keys['place'] = (kind, text, places) => digest(kind, text).readUInt32BE() % places
  const whole = (kind: string, text: string) => digest(kind, text).toString('base64url').slice(0, 22)
  const nobody = (name: string) => place('nobody', name, namePlaces)
  const who = ({ name, userId }: Account) =>
    userId === undefined ? `nobody ${nobody(name)}` : `user ${userId}`
  return {
    place,
    address: (rule, address) => `${rule}:${place('address', clientOf(address), addressPlaces)}`,
    account: (rule, account) => `${rule}:${whole('account', who(account))}`,
    pair: (rule, { account, address }) => `${rule}:${whole('pair', `${who(account)}\0${clientOf(address)}`)}`,
    remembered: (account) => `remembered:${whole('account', who(account))}`,
  }
}

/** What is no address is somebody all the same: all of them count as one. */
export function clientOf(address: string): string {
  const canonical = canonicalAddress(address)
  return canonical === undefined ? 'unknown' : networkOf(canonical)
}
