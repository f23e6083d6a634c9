import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useMemo,
  useSyncExternalStore,
} from 'react'
import type { Client, ValuesClient } from './client.ts'
import type { Session, User } from './kept/kept.ts'

/** What a provider is given. */
export interface AuthProviderProps {
  /** made once, outside of any component: it lives as long as the page, and the provider never disposes of it */
  client: Client | ValuesClient
  /**
   * what the server that rendered the page knew: it renders with it, and the browser hydrates with it. Left out, both
   * begin with `loading`. A page that no server rendered needs none
   */
  initialSession?: Session | null | undefined
  children?: ReactNode
}

/** Who is signed in, as three cases: `status` tells them apart. */
export type AuthState =
  /** an asynchronous storage has not answered yet, or the page is hydrated without an `initialSession` */
  | { status: 'loading'; session: undefined; user: undefined }
  | { status: 'signed_out'; session: null; user: undefined }
  | { status: 'signed_in'; session: Session; user: User }

/** Everything that the client has, and who is signed in as of this rendering. The same object until that changes. */
export type Auth<Of extends Client | ValuesClient = Client> = Omit<Of, keyof AuthState> & AuthState

type Given = Pick<AuthProviderProps, 'client' | 'initialSession'>

const Context = createContext<Given | undefined>(undefined)

/** Gives its client to the hooks below it. */
export function AuthProvider({ client, initialSession, children }: AuthProviderProps): ReactElement {
  const given = useMemo(() => ({ client, initialSession }), [client, initialSession])
  return createElement(Context.Provider, { value: given }, children)
}

/**
 * Who is signed in; null: nobody; undefined: not known yet. Renders anew when that changes, in this tab or another, and
 * not when a token is refreshed.
 * @throws Error where no AuthProvider is above
 */
export function useSession(): Session | null | undefined {
  return useSessionOf(useGiven())
}

/**
 * The client with its verbs, and who is signed in. A client with `results: 'values'` is asked for as
 * `useAuth<ValuesClient>()`.
 * @throws Error where no AuthProvider is above
 */
export function useAuth<Of extends Client | ValuesClient = Client>(): Auth<Of> {
  const given = useGiven()
  const session = useSessionOf(given)
  return useMemo(() => ({ ...given.client, ...stateOf(session) }) as Auth<Of>, [given.client, session])
}

function useGiven(): Given {
  const given = useContext(Context)
  if (!given) throw new Error('There is no AuthProvider above this component')
  return given
}

function useSessionOf({ client, initialSession }: Given): Session | null | undefined {
  return useSyncExternalStore(
    client.onChange,
    () => client.session,
    () => initialSession,
  )
}

function stateOf(session: Session | null | undefined): AuthState {
  if (session) return { status: 'signed_in', session, user: session.user }
  if (session === null) return { status: 'signed_out', session, user: undefined }
  return { status: 'loading', session, user: undefined }
}
