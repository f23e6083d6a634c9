import { useSession } from '@countersign/client/react'
import type { Auth } from '@countersign/guard'

/** For everybody. */
export function StartPage() {
  const session = useSession()
  return (
    <>
      <h1>{session ? `Welcome back, ${session.user.username}` : 'Pages from a server'}</h1>
      <p>No script runs here. The session is in a cookie that only the server reads.</p>
      {session ? <a href="/account">Your account</a> : <a href="/login">Log in</a>}
      {!session && <a href="/register">I am new here</a>}
    </>
  )
}

interface AccountPageProps {
  /** what the guard read out of the access token */
  auth: Auth
  /** what Countersign says to the user */
  greeting: string
}

/** Protected. */
export function AccountPage({ auth, greeting }: AccountPageProps) {
  return (
    <>
      <h1>{auth.username}</h1>
      <p>{greeting}</p>
      <dl>
        <dt>User</dt>
        <dd>{auth.userId}</dd>
        <dt>Session</dt>
        <dd>{auth.sessionId}</dd>
        <dt>Access token until</dt>
        <dd>{new Date(auth.expiresAt * 1000).toUTCString()}</dd>
      </dl>
      <form method="post" action="/logout">
        <button type="submit">Log out</button>
      </form>
    </>
  )
}

/** Where Countersign cannot be asked. Nobody is logged out by that. */
export function TroublePage() {
  return (
    <>
      <h1>One moment</h1>
      <p>Countersign does not answer at the moment. Whoever was logged in still is: please try again.</p>
    </>
  )
}

/** For addresses that are none. */
export function MissingPage() {
  return <h1>There is nothing here</h1>
}
