import { QueryClient, QueryClientProvider } from '@tanstack/preact-query'
import { useRef } from 'preact/hooks'
import { Link, Route, Router, Switch } from 'wouter-preact'
import type { SignedIn } from '../api/answers.ts'
import { Problem, unreachable } from '../api/problem.ts'
import { request } from '../api/request.ts'
import { screens } from '../screens/screens.ts'
import { text } from '../text/en.ts'
import { Empty, Failure, Skeleton } from '../ui/states.tsx'
import { Toasts } from '../ui/toasts.tsx'
import { First } from './first.tsx'
import { KeySheet } from './keys.tsx'
import { Proof } from './proof.tsx'
import { can, isSignedOut, useEnter, useSession } from './session.ts'
import { Card, Page, Shell } from './shell.tsx'
import { Gate, SignIn } from './sign-in.tsx'

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
  const isNew = useRef(false)
  if (session) return <Inside session={session} isNew={isNew.current} />
  if (session === null || isSignedOut(error)) {
    isNew.current = true
    const token = new URLSearchParams(location.hash.slice(1)).get('first')
    return token ? <First token={token} /> : <SignIn />
  }
  if (error)
    return (
      <Gate title={text.states.away}>
        <Failure error={error} onRetry={() => void refetch()} />
      </Gate>
    )
  return (
    <main class="px-4 py-8" aria-busy="true">
      <h1 class="sr-only">{text.product}</h1>
      <Skeleton />
    </main>
  )
}

function Inside({ session, isNew }: { session: SignedIn; isNew: boolean }) {
  const enter = useEnter()
  const signOut = () => {
    void request('session/', { method: 'DELETE' }).finally(() => enter(null))
  }
  return (
    <>
      <Proof username={session.user.username} />
      <KeySheet />
      <Shell session={session} screens={screens} isNew={isNew} onSignOut={signOut}>
        <Switch>
          {screens.map(({ path, title, permission, show: Show }) => (
            <Route key={path} path={path}>
              {can(session, permission) ? <Show session={session} /> : <Closed title={title} />}
            </Route>
          ))}
          <Route>
            <Page title={text.states.nowhere}>
              <Card>
                <Empty icon="search" title={text.states.nowhereHint}>
                  <Link href="/" class="text-accent underline">
                    {text.states.toHome}
                  </Link>
                </Empty>
              </Card>
            </Page>
          </Route>
        </Switch>
      </Shell>
    </>
  )
}

/** A screen that somebody else may see. */
function Closed({ title }: { title: string }) {
  return (
    <Page title={title}>
      <Card>
        <Empty icon="keys" title={text.states.forbidden}>
          {text.states.forbiddenHint}
        </Empty>
      </Card>
    </Page>
  )
}
