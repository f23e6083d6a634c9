import { QueryClient, QueryClientProvider } from '@tanstack/preact-query'
import { Route, Router, Switch } from 'wouter-preact'
import type { SignedIn } from '../api/answers.ts'
import { Problem, unreachable } from '../api/problem.ts'
import { request } from '../api/request.ts'
import { screens } from '../screens/screens.ts'
import { text } from '../text/en.ts'
import { Empty, Failure, Skeleton } from '../ui/states.tsx'
import { Toasts } from '../ui/toasts.tsx'
import { First } from './first.tsx'
import { Proof } from './proof.tsx'
import { can, isSignedOut, useEnter, useSession } from './session.ts'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What was refused will be refused again; what did not arrive may arrive.
      retry: (count, error) => count < 2 && error instanceof Problem && error.status === unreachable,
    },
  },
})

/** The console. */
export function App() {
  return (
    <QueryClientProvider client={client}>
      <Router base="/admin">
        <Entrance />
      </Router>
      <Toasts />
    </QueryClientProvider>
  )
}

function Entrance() {
  const { data: session, error, refetch } = useSession()
  if (session) return <Inside session={session} />
  if (session === null || isSignedOut(error)) {
    const token = new URLSearchParams(location.hash.slice(1)).get('first')
    return token ? <First token={token} /> : <SignIn />
  }
  if (error) return <Failure error={error} onRetry={() => void refetch()} />
  return <Skeleton />
}

function Inside({ session }: { session: SignedIn }) {
  const enter = useEnter()
  const signOut = () => {
    void request('session/', { method: 'DELETE' }).finally(() => enter(null))
  }
  return (
    <>
      <Proof username={session.user.username} />
      <Shell session={session} screens={screens} onSignOut={signOut}>
        <Switch>
          {screens.map(({ path, permission, show: Show }) => (
            <Route key={path} path={path}>
              {can(session, permission) ? (
                <Show session={session} />
              ) : (
                <Empty title={text.states.forbidden} />
              )}
            </Route>
          ))}
          <Route>
            <Empty title={text.states.missing} />
          </Route>
        </Switch>
      </Shell>
    </>
  )
}
