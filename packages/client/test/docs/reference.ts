import { join } from 'node:path'
import { makePage, type Part } from './declarations.ts'

const src = join(import.meta.dirname, '../../src')

/** Where the page lies. */
export const page = join(import.meta.dirname, '../../../../docs/reference/client.md')

const parts: readonly Part[] = [
  {
    heading: 'Making a client',
    text: 'From `@countersign/client`:',
    shows: [
      ['index', 'createClient'],
      ['options', 'ClientOptions'],
      ['kept/storage', 'StorageName', 'TokenStorage'],
      ['kept/cookies', 'cookieStorage'],
    ],
  },
  {
    heading: 'What it does',
    text: 'Each verb rejects with a `CountersignError`; with `results: "values"` it resolves to a `Result`.',
    shows: [
      ['client', 'Verbs'],
      ['contract', 'Credentials', 'NewUser', 'RegisteredUser'],
      ['results', 'Result'],
    ],
  },
  {
    heading: 'What it knows',
    text: 'Without asking anybody.',
    shows: [
      ['client', 'Knowledge'],
      ['kept/kept', 'Session', 'User'],
    ],
  },
  {
    heading: 'What it tells',
    text: '`onEvent` hears both kinds, `onChange` the first.',
    shows: [
      ['events', 'SessionEvent', 'TroubleEvent'],
      ['kept/kept', 'EndReason'],
    ],
  },
  { heading: 'Errors', text: '`code` is stable.', shows: [['errors', 'CountersignError', 'KnownErrorCode']] },
  {
    heading: 'For React',
    text: 'From `@countersign/client/react`, for React from 18:',
    shows: [['react', 'AuthProvider', 'AuthProviderProps', 'useSession', 'useAuth', 'Auth', 'AuthState']],
  },
  {
    heading: 'For pages that a server renders',
    text: 'From `@countersign/client/ssr`:',
    shows: [['ssr', 'createServerClient', 'ServerClientOptions', 'CookieJar', 'CookieAttributes']],
  },
]

/** The page as the types make it. */
export function makeReference(): string {
  const head =
    '# The client\n\nMade by `npm run docs` from the types of `@countersign/client`. [The guide](../guides/client.md) explains.\n'
  return makePage(src, { head, parts })
}
