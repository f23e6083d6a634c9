import { type Client, createClientOn, type ValuesClient } from './client.ts'
import { surroundings, web } from './host.ts'
import type { ClientOptions } from './options.ts'

export type { Client, Knowledge, ValuesClient, Verbs } from './client.ts'
export type { Credentials, NewUser, RegisteredUser } from './contract.ts'
export { CountersignError, type ErrorCode, type ErrorDetails, type KnownErrorCode } from './errors.ts'
export type { ClientEvent, SessionEvent, TroubleEvent } from './events.ts'
export { cookieStorage } from './kept/cookies.ts'
export type { Session, User } from './kept/kept.ts'
export type { StorageName, TokenStorage } from './kept/storage.ts'
export type { ClientOptions } from './options.ts'
export type { Result, Valued } from './results.ts'

/**
 * A client of the server at `baseUrl`: it logs in, stays logged in, and says when it no longer is.
 * @throws TypeError for an address that is none
 */
export function createClient(options: ClientOptions & { results: 'values' }): ValuesClient
export function createClient(options: ClientOptions & { results?: 'throw' }): Client
export function createClient(options: ClientOptions): Client | ValuesClient {
  return createClientOn(surroundings(options.fetch), options, web.location?.href)
}
