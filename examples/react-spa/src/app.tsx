import { useAuth } from '@countersign/client/react'
import { Home } from './home.tsx'
import { Welcome } from './welcome.tsx'

/** Who is signed in decides what there is to see, and changes by itself: here, in another tab, on the server. */
export function App() {
  const { status } = useAuth()
  if (status === 'loading') return null
  return <main>{status === 'signed_in' ? <Home /> : <Welcome />}</main>
}
